"""The form in which a person shows who they are, wherever it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import (
    InvalidCredentialsError,
    InvalidRequestError,
    OAuthError,
    TooManyAttemptsError,
)
from tokensmith.server.domain.users import MAX_NAME_CHARACTERS
from tokensmith.server.flows.browser_sessions import BrowserSessions
from tokensmith.server.web.browser import Browser, BrowserCookies
from tokensmith.server.web.logos import logo_url
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.parameters import Form
from tokensmith.server.web.render import Pages
from tokensmith.server.web.responses import SIGN_IN_CHALLENGE
from tokensmith.server.web.source_address import Sources
from tokensmith.server.web.texts import Texts
from tokensmith.server.web.throttle import SourceLimit, count_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInQuestion:
    """One showing of the form: at which browser, for which client, and where it is sent to.

    Attributes:
        path: The path of its page, under which refusals are counted.
        query: What names the matter it is about, in that page's URL.
        leads_to: Where the browser may end up after it, besides our own pages.
        again: Somebody is signed in, and has to prove it once more.
    """

    browser: Browser
    texts: Texts
    client: Client
    path: str
    query: str
    leads_to: Sequence[str] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInForm:
    """Shows the form, and takes it."""

    pages: Pages
    cookies: BrowserCookies
    sessions: BrowserSessions
    sign_ins: SourceLimit
    sources: Sources
    observer: Observer

    def show(self, question: SignInQuestion, *, username: str = "", problem: OAuthError | None = None) -> Response:
        """Show it; *problem* is why the last try did not work."""
        texts = question.texts
        response = self.pages.page(
            "sign_in",
            texts,
            title="sign_in_title",
            status=200 if problem is None else problem.status,
            leads_to=question.leads_to,
            action=f"{self.pages.issuer_path}{question.path}?{question.query}",
            form_token=question.browser.form_token,
            client=question.client.shown_name,
            logo=logo_url(question.client, issuer_path=self.pages.issuer_path),
            username=username[:MAX_NAME_CHARACTERS],
            again=question.again,
            problem=None if problem is None else _words(texts, problem),
        )
        if isinstance(problem, InvalidCredentialsError):
            response.headers["www-authenticate"] = SIGN_IN_CHALLENGE
        if problem is not None and problem.retry_after_seconds is not None:
            response.headers["retry-after"] = str(problem.retry_after_seconds)
        self.cookies.give(response, question.browser)
        return response

    async def take(self, request: Request, form: Form, question: SignInQuestion) -> str | Response:
        """Sign the person in and return the secret of the session; or the form again, with what was wrong.

        The caller has checked that the form is one of ours.

        Raises:
            UnavailableError: the database or the hashing pool cannot take it now.
        """
        username, source = form.values.get("username", ""), self.sources.of(request.scope)
        try:
            await count_attempt(self.sign_ins, source)
            return await self.sessions.sign_in(
                username, form.values.get("password", ""), secret=question.browser.session, source=source
            )
        except (InvalidCredentialsError, TooManyAttemptsError, InvalidRequestError) as error:
            self.observer.refused(question.path, code=error.code)
            return self.show(question, username=username, problem=error)

    def keep(self, response: Response, secret: str) -> None:
        """Give the browser the secret of its session."""
        self.cookies.sign_in(response, secret, seconds=self.sessions.rules.absolute)


def _words(texts: Texts, problem: OAuthError) -> str:
    if isinstance(problem, TooManyAttemptsError):
        return texts("sign_in_wait", seconds=str(problem.retry_after_seconds))
    if isinstance(problem, InvalidCredentialsError):
        return texts("sign_in_wrong")
    return texts("sign_in_unusable")
