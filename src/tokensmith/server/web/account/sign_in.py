"""`GET` and `POST /account/sign-in`: a person shows who they are, for a request that waits (RFC 9700 §4.12, §4.16)."""

from dataclasses import dataclass
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.errors import (
    InvalidCredentialsError,
    InvalidRequestError,
    OAuthError,
    TooManyAttemptsError,
)
from tokensmith.server.domain.users import MAX_NAME_CHARACTERS
from tokensmith.server.flows.authorize import Answer, NeedsConsent, NeedsSignIn
from tokensmith.server.flows.browser_sessions import BrowserSessions
from tokensmith.server.web.account.waiting_request import Waiting, WaitingRequests
from tokensmith.server.web.oauth.authorize import CONSENT_PATH, SIGN_IN_PATH, see_other
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.parameters import parse_form, read_form
from tokensmith.server.web.responses import SIGN_IN_CHALLENGE
from tokensmith.server.web.throttle import SourceLimit, count_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The two handlers. *origin* is the server's own, as browsers write it."""

    waiting: WaitingRequests
    sessions: BrowserSessions
    sign_ins: SourceLimit
    observer: Observer
    origin: str

    async def get(self, request: Request) -> Response:
        """Show the form, or go on where somebody is signed in already.

        Raises:
            OAuthError: see `WaitingRequests.open` and `Authorize.run`.
        """
        waiting = await self.waiting.open(request)
        wants_other = "other" in parse_form(request.scope["query_string"]).values
        outcome = await self.waiting.outcome(waiting, secret=waiting.browser.session)
        if isinstance(outcome, NeedsSignIn) or wants_other:
            again = isinstance(outcome, NeedsSignIn) and outcome.again
            return self._form(waiting, username=waiting.request.login_hint or "", again=again and not wants_other)
        return self._go_on(waiting, outcome)

    async def post(self, request: Request) -> Response:
        """Take the form.

        Raises:
            ForbiddenOriginError: it comes from no page of ours.
            OAuthError: as for `get`.
        """
        waiting = await self.waiting.open(request)
        form = await read_form(request)
        waiting.browser.check_form(request, form, origin=self.origin)
        username = form.values.get("username", "")
        try:
            await count_attempt(self.sign_ins, waiting.source)
            secret = await self.sessions.sign_in(
                username,
                form.values.get("password", ""),
                secret=waiting.browser.session,
                source=waiting.source,
            )
        except (InvalidCredentialsError, TooManyAttemptsError, InvalidRequestError) as error:
            self.observer.refused(SIGN_IN_PATH, code=error.code)
            return self._form(waiting, username=username[:MAX_NAME_CHARACTERS], problem=error)
        outcome = await self.waiting.outcome(waiting, secret=secret)
        response = self._go_on(waiting, outcome)
        self.waiting.cookies.sign_in(response, secret, seconds=self.sessions.rules.absolute)
        return response

    def _go_on(self, waiting: Waiting, outcome: NeedsSignIn | NeedsConsent | Answer) -> Response:
        match outcome:
            case Answer():
                return self.waiting.answer(waiting, outcome)
            case NeedsConsent():
                return see_other(self.waiting.pages, CONSENT_PATH, {"request": waiting.name})
            case NeedsSignIn():
                # Who signed in is not who the client has asked for (id_token_hint).
                return see_other(self.waiting.pages, SIGN_IN_PATH, {"request": waiting.name})
            case _:
                assert_never(outcome)

    def _form(
        self, waiting: Waiting, *, username: str, again: bool = False, problem: OAuthError | None = None
    ) -> Response:
        pages = self.waiting.pages
        response = pages.page(
            "sign_in",
            waiting.texts,
            title="sign_in_title",
            status=200 if problem is None else problem.status,
            leads_to=(waiting.request.to.uri,),
            action=f"{pages.issuer_path}{SIGN_IN_PATH}?request={waiting.name}",
            form_token=waiting.browser.form_token,
            client=waiting.request.client.name,
            username=username[:MAX_NAME_CHARACTERS],
            again=again,
            problem=None if problem is None else _words(waiting, problem),
        )
        if isinstance(problem, InvalidCredentialsError):
            response.headers["www-authenticate"] = SIGN_IN_CHALLENGE
        if problem is not None and problem.retry_after_seconds is not None:
            response.headers["retry-after"] = str(problem.retry_after_seconds)
        self.waiting.cookies.give(response, waiting.browser)
        return response


def _words(waiting: Waiting, problem: OAuthError) -> str:
    if isinstance(problem, TooManyAttemptsError):
        return waiting.texts("sign_in_wait", seconds=str(problem.retry_after_seconds))
    if isinstance(problem, InvalidCredentialsError):
        return waiting.texts("sign_in_wrong")
    return waiting.texts("sign_in_unusable")
