"""The request behind a page: which one waits, read again as it was sent, and what it comes to now."""

from dataclasses import dataclass
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.authorization_errors import InvalidRequestUriError
from tokensmith.server.domain.pending_requests import PendingRequest
from tokensmith.server.flows.authorization_request import AuthorizationRequest, ReadAuthorizationRequest, Refusal
from tokensmith.server.flows.authorize import Answer, Authorize, NeedsConsent, NeedsSignIn
from tokensmith.server.flows.pending import Pending
from tokensmith.server.flows.request_objects import OpenedRequest
from tokensmith.server.web.browser import Browser, BrowserCookies
from tokensmith.server.web.oauth.authorization_answer import answer_response
from tokensmith.server.web.oauth.authorize import CONSENT_PATH, SIGN_IN_PATH
from tokensmith.server.web.parameters import parse_form
from tokensmith.server.web.redirects import see_other
from tokensmith.server.web.render import Pages
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.texts import Texts, texts_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request that waits at this browser."""

    name: str
    row: PendingRequest
    request: AuthorizationRequest
    browser: Browser
    texts: Texts
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequests:
    """Opens them for the pages; what both pages share."""

    read: ReadAuthorizationRequest
    authorize: Authorize
    pending: Pending
    cookies: BrowserCookies
    pages: Pages
    sources: Sources

    async def open(self, request: Request) -> Waiting:
        """Return the request that the page's URL names.

        Raises:
            InvalidRequestUriError: none waits here under this name, or its client is not what it was (`request_over`).
            InvalidRequestError: see `BrowserCookies.read` and `ReadAuthorizationRequest.run`.
        """
        browser = self.cookies.read(request)
        name = parse_form(request.scope["query_string"]).values.get("request", "")
        row = await self.pending.open(name, browser=browser.secret)
        opened = OpenedRequest(parameters={**row.parameters, "client_id": row.client_id}, resources=row.resources)
        read = await self.read.run_again(row.client_id, opened)
        if isinstance(read, Refusal):
            raise InvalidRequestUriError(str(read.error), code="request_over", detail=read.error.code)
        texts = texts_for(request, asked=read.parameters.get("ui_locales"))
        source = self.sources.of(request.scope)
        return Waiting(name=name, row=row, request=read, browser=browser, texts=texts, source=source)

    async def outcome(self, waiting: Waiting, *, secret: str | None) -> NeedsSignIn | NeedsConsent | Answer:
        """Return what the request comes to, for whoever is signed in with *secret*.

        Raises:
            OAuthError: see `Authorize.run`.
        """
        return await self.authorize.run(waiting.request, waiting=waiting.row, secret=secret, source=waiting.source)

    def go_on(self, waiting: Waiting, outcome: NeedsSignIn | NeedsConsent | Answer) -> Response:
        """Send the browser to where the outcome is dealt with."""
        match outcome:
            case Answer():
                return self.answer(waiting, outcome)
            case NeedsSignIn():
                return self._to(SIGN_IN_PATH, waiting)
            case NeedsConsent():
                return self._to(CONSENT_PATH, waiting)
            case _:
                assert_never(outcome)

    def answer(self, waiting: Waiting, answer: Answer) -> Response:
        """Send the browser to the client."""
        return answer_response(answer, self.pages, waiting.texts, client=waiting.request.client.shown_name)

    def _to(self, path: str, waiting: Waiting) -> Response:
        return see_other(f"{self.pages.issuer_path}{path}", {"request": waiting.name})
