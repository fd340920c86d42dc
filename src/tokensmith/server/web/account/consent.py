"""`GET` and `POST /account/consent`: a person says yes or no to what a client asks for (Core §3.1.2.4, ASVS 10.7)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.redirect_uris import loopback_host
from tokensmith.server.flows.authorize import Answer, NeedsConsent, NeedsSignIn
from tokensmith.server.web.account.detail_lines import detail_lines
from tokensmith.server.web.account.scope_lines import scope_lines
from tokensmith.server.web.account.waiting_request import Waiting, WaitingRequests
from tokensmith.server.web.logos import logo_url
from tokensmith.server.web.oauth.authorize import CONSENT_PATH, SIGN_IN_PATH
from tokensmith.server.web.parameters import read_form
from tokensmith.server.web.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """The two handlers. *origin* is the server's own, as browsers write it."""

    waiting: WaitingRequests
    origin: str

    async def get(self, request: Request) -> Response:
        """Ask, or go on where there is nothing to ask.

        Raises:
            OAuthError: see `WaitingRequests.open` and `Authorize.run`.
        """
        waiting = await self.waiting.open(request)
        outcome = await self.waiting.outcome(waiting, secret=waiting.browser.session)
        return self._go_on(waiting, outcome)

    async def post(self, request: Request) -> Response:
        """Take the answer; whatever is not a clear yes is a no.

        Raises:
            ForbiddenOriginError: it comes from no page of ours.
            OAuthError: as for `get`.
        """
        waiting = await self.waiting.open(request)
        form = await read_form(request)
        waiting.browser.check_form(request, form, origin=self.origin)
        if form.values.get("decision") != "allow":
            answer = await self.waiting.authorize.refuse(waiting.request, waiting=waiting.row, source=waiting.source)
            return self.waiting.answer(waiting, answer)
        outcome = await self.waiting.authorize.allow(
            waiting.request,
            waiting=waiting.row,
            secret=waiting.browser.session,
            shown=form.values.get("shown"),
            source=waiting.source,
        )
        return self._go_on(waiting, outcome)

    def _go_on(self, waiting: Waiting, outcome: NeedsSignIn | NeedsConsent | Answer) -> Response:
        if isinstance(outcome, NeedsConsent):
            return self._ask(waiting, outcome)
        return self.waiting.go_on(waiting, outcome)

    def _ask(self, waiting: Waiting, needs: NeedsConsent) -> Response:
        pages, texts = self.waiting.pages, waiting.texts
        query = f"?request={waiting.name}"
        return pages.page(
            "consent",
            texts,
            title="consent_title",
            leads_to=(waiting.request.to.uri,),
            action=f"{pages.issuer_path}{CONSENT_PATH}{query}",
            other_user=f"{pages.issuer_path}{SIGN_IN_PATH}{query}&other=1",
            form_token=waiting.browser.form_token,
            shown=needs.access.fingerprint,
            client=waiting.request.client.shown_name,
            logo=logo_url(waiting.request.client, issuer_path=pages.issuer_path),
            user=needs.who.user.name,
            # Where all of it is new, the mark would say nothing.
            lines=list(scope_lines(needs.access, texts, new={} if needs.new == needs.access.scopes else needs.new)),
            details=list(detail_lines(needs.access)),
            where=where_to(waiting.request.to.uri, texts),
        )


def where_to(uri: str, texts: Texts) -> str:
    """Say where a yes leads: a host, a program on this computer, or an app (ASVS 10.7.1)."""
    if loopback_host(uri) is not None:
        return texts("consent_loopback")
    host = urlsplit(uri).hostname
    return texts("consent_app") if host is None else texts("consent_goes_to", host=host)
