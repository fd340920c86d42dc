"""`GET` and `POST /account/sign-in`: a person shows who they are, for a request that waits (RFC 9700 §4.12, §4.16)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.flows.authorize import NeedsSignIn
from tokensmith.server.web.account.sign_in_form import SignInForm, SignInQuestion
from tokensmith.server.web.account.waiting_request import Waiting, WaitingRequests
from tokensmith.server.web.oauth.authorize import SIGN_IN_PATH
from tokensmith.server.web.parameters import parse_form, read_form


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The two handlers. *origin* is the server's own, as browsers write it."""

    waiting: WaitingRequests
    form: SignInForm
    origin: str

    async def get(self, request: Request) -> Response:
        """Show the form, or go on where somebody is signed in already.

        Raises:
            OAuthError: see `WaitingRequests.open` and `Authorize.run`.
        """
        waiting = await self.waiting.open(request)
        if "other" in parse_form(request.scope["query_string"]).values:
            return self.form.show(_question(waiting))
        outcome = await self.waiting.outcome(waiting, secret=waiting.browser.session)
        if isinstance(outcome, NeedsSignIn):
            question = _question(waiting, again=outcome.again)
            return self.form.show(question, username=waiting.request.login_hint or "")
        response = self.waiting.go_on(waiting, outcome)
        # The request has just become this browser's, and its next page has to know that.
        self.waiting.cookies.give(response, waiting.browser)
        return response

    async def post(self, request: Request) -> Response:
        """Take the form.

        Raises:
            ForbiddenOriginError: it comes from no page of ours.
            OAuthError: as for `get`.
        """
        waiting = await self.waiting.open(request)
        form = await read_form(request)
        waiting.browser.check_form(request, form, origin=self.origin)
        taken = await self.form.take(request, form, _question(waiting))
        if isinstance(taken, Response):
            return taken
        outcome = await self.waiting.outcome(waiting, secret=taken)
        # Where who signed in is not who the client has asked for (id_token_hint), this is where it goes on.
        response = self.waiting.go_on(waiting, outcome)
        self.form.keep(response, taken)
        return response


def _question(waiting: Waiting, *, again: bool = False) -> SignInQuestion:
    return SignInQuestion(
        browser=waiting.browser,
        texts=waiting.texts,
        client=waiting.request.client,
        path=SIGN_IN_PATH,
        query=f"request={waiting.name}",
        leads_to=(waiting.request.to.uri,),
        again=again,
    )
