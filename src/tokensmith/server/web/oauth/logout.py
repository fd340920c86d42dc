"""`GET` and `POST /logout` (OpenID Connect RP-Initiated Logout §2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.flows.browser_sessions import BrowserSessions, SignedIn
from tokensmith.server.flows.sign_out_request import ReadSignOutRequest, SignOutRequest
from tokensmith.server.web.browser import FORM_TOKEN, Browser, BrowserCookies
from tokensmith.server.web.parameters import Form, parse_form, read_form
from tokensmith.server.web.redirects import see_other
from tokensmith.server.web.render import Pages
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.texts import Texts, texts_for

LOGOUT_PATH: Final = "/logout"
_KEPT: Final = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutHandler:
    """The two handlers. *origin* is the server's own, as browsers write it; *announce* has other clients told."""

    read: ReadSignOutRequest
    sessions: BrowserSessions
    cookies: BrowserCookies
    pages: Pages
    sources: Sources
    origin: str
    announce: Callable[[], None]

    async def get(self, request: Request) -> Response:
        """Sign out who is meant, or ask.

        Raises:
            OAuthError: see `ReadSignOutRequest.run`; shown on a page, and nobody is signed out.
        """
        form = parse_form(request.scope["query_string"])
        asked = await self.read.run(form.values)
        browser = self.cookies.read(request)
        texts = texts_for(request, asked=form.values.get("ui_locales"))
        who = await self.sessions.find(browser.session)
        if who is not None and not asked.is_of(who):
            return self._ask(asked, form.values, browser, who, texts)
        return await self._sign_out(request, asked, browser, texts)

    async def post(self, request: Request) -> Response:
        """Take the answer to the page; or a client's form, which comes without cookies and is sent on to `get`.

        Raises:
            ForbiddenOriginError: an answer that comes from no page of ours.
            OAuthError: as for `get`.
        """
        form = await read_form(request)
        if FORM_TOKEN not in form.values:
            return self._as_query(form)
        browser = self.cookies.read(request)
        browser.check_form(request, form, origin=self.origin)
        asked = await self.read.run(form.values)
        texts = texts_for(request, asked=form.values.get("ui_locales"))
        if form.values.get("decision") != "sign_out":
            return self._leave(asked, texts)
        return await self._sign_out(request, asked, browser, texts)

    async def _sign_out(self, request: Request, asked: SignOutRequest, browser: Browser, texts: Texts) -> Response:
        await self.sessions.end(browser.session, source=self.sources.of(request.scope))
        self.announce()
        response = self._leave(asked, texts)
        self.cookies.sign_out(response)
        return response

    def _leave(self, asked: SignOutRequest, texts: Texts) -> Response:
        if asked.return_to is None:
            return self.pages.page("message", texts, title="signed_out_title", text=texts("signed_out_text"))
        return see_other(asked.return_to, {} if asked.state is None else {"state": asked.state})

    def _ask(
        self, asked: SignOutRequest, parameters: Mapping[str, str], browser: Browser, who: SignedIn, texts: Texts
    ) -> Response:
        response = self.pages.page(
            "sign_out",
            texts,
            title="sign_out_title",
            leads_to=() if asked.return_to is None else (asked.return_to,),
            action=f"{self.pages.issuer_path}{LOGOUT_PATH}",
            form_token=browser.form_token,
            client=asked.client.shown_name if asked.client else None,
            user=who.user.name,
            members=[(name, parameters[name]) for name in _KEPT if name in parameters],
        )
        self.cookies.give(response, browser)
        return response

    def _as_query(self, form: Form) -> Response:
        kept = {name: form.values[name] for name in _KEPT if name in form.values}
        return see_other(f"{self.pages.issuer_path}{LOGOUT_PATH}", kept)
