"""`GET` and `POST /authorize` (RFC 6749 §3.1, Core §3.1.2.1): the door through which people come to sign in."""

from dataclasses import dataclass
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.authorization_request import (
    AuthorizationRequest,
    ReadAuthorizationRequest,
    Refusal,
)
from tokensmith.server.flows.authorize import Answer, Authorize, NeedsConsent, NeedsSignIn
from tokensmith.server.flows.pending import URN, Pending
from tokensmith.server.web.browser import Browser, BrowserCookies
from tokensmith.server.web.oauth.authorization_answer import answer_response
from tokensmith.server.web.parameters import Form, parse_form, read_form
from tokensmith.server.web.redirects import see_other
from tokensmith.server.web.render import Pages
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.texts import texts_for

AUTHORIZE_PATH: Final = "/authorize"
SIGN_IN_PATH: Final = "/account/sign-in"
CONSENT_PATH: Final = "/account/consent"
MAX_QUERY_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeHandler:
    """The two handlers."""

    read: ReadAuthorizationRequest
    authorize: Authorize
    pending: Pending
    cookies: BrowserCookies
    pages: Pages
    sources: Sources

    async def get(self, request: Request) -> Response:
        """Answer a browser that was sent here with a query.

        Raises:
            OAuthError: before the redirect URI is proven, and where the server is in trouble; shown on a page.
        """
        query: bytes = request.scope["query_string"]
        if len(query) > MAX_QUERY_BYTES:
            raise InvalidRequestError("The request is too long.", code="query_too_long", detail=str(len(query)))
        form = parse_form(query)
        browser = self.cookies.read(request)
        if form.values.get("request_uri", "").startswith(URN):
            return await self._pushed(form, browser)
        read = await self._read(form)
        if isinstance(read, Refusal):
            return self._refused(request, read, client=form.values["client_id"])
        outcome = await self.authorize.run(
            read, waiting=None, secret=browser.session, source=self.sources.of(request.scope)
        )
        match outcome:
            case Answer():
                texts = texts_for(request, asked=read.parameters.get("ui_locales"))
                return answer_response(outcome, self.pages, texts, client=read.client.shown_name)
            case NeedsSignIn():
                return await self._wait(read, browser, SIGN_IN_PATH)
            case NeedsConsent():
                return await self._wait(read, browser, CONSENT_PATH)
            case _:
                assert_never(outcome)

    async def post(self, request: Request) -> Response:
        """Answer a browser that was sent here with a form.

        Another site's form comes without the cookies of ours, so the browser is sent on to a page that it brings them
        to, and which claims the request for it.

        Raises:
            OAuthError: as for `get`, and where the body is no form.
        """
        form = await read_form(request)
        read = await self._read(form)
        if isinstance(read, Refusal):
            return self._refused(request, read, client=form.values["client_id"])
        name = await self.pending.keep(read.client, read.parameters, read.resources, browser=None, pushed=False)
        return self._to(SIGN_IN_PATH, name)

    async def _read(self, form: Form) -> AuthorizationRequest | Refusal:
        return await self.read.run(form.values, form.resources, pushed=False)

    async def _pushed(self, form: Form, browser: Browser) -> Response:
        # What stands in the query beside the two is not looked at (RFC 9101 §6.3, RFC 9126 §4).
        name, _ = await self.pending.bring(
            form.values["request_uri"], client_id=form.required("client_id"), browser=browser.secret
        )
        response = self._to(SIGN_IN_PATH, name)
        self.cookies.give(response, browser)
        return response

    async def _wait(self, read: AuthorizationRequest, browser: Browser, path: str) -> Response:
        # A new browser may be coming with two tabs at once, each of which is given a secret, and keeps the later one.
        # What it brings to the first page is what counts; until then nobody else knows the name.
        known = None if browser.is_new else browser.secret
        name = await self.pending.keep(read.client, read.parameters, read.resources, browser=known, pushed=False)
        response = self._to(path, name)
        self.cookies.give(response, browser)
        return response

    def _refused(self, request: Request, refusal: Refusal, *, client: str) -> Response:
        answer = self.authorize.refused(refusal.to, refusal.error)
        return answer_response(answer, self.pages, texts_for(request), client=client)

    def _to(self, path: str, name: str) -> Response:
        return see_other(f"{self.pages.issuer_path}{path}", {"request": name})
