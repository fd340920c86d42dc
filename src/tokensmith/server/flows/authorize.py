"""What becomes of an authorization request: somebody must sign in, or say yes, or there is an answer (Core §3.1.2).

A code is stored with the grant that it stands for, in one transaction with taking out the request that waited for it:
of two tabs with the same request one gets the code.
"""

import secrets
from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_codes import CODE_SECONDS, AuthorizationCode
from tokensmith.server.domain.authorization_errors import (
    AccessDeniedError,
    ConsentRequiredError,
    InvalidRequestUriError,
    LoginRequiredError,
)
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import OAuthError
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId, ResourceId, random_id
from tokensmith.server.domain.pending_requests import PendingRequest
from tokensmith.server.domain.stored_secrets import SECRET_BYTES, digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.authorization_request import AuthorizationRequest, ReturnAddress
from tokensmith.server.flows.browser_sessions import BrowserSessions, SignedIn
from tokensmith.server.flows.own_id_tokens import OwnIdTokens
from tokensmith.server.flows.wanted_access import WantedAccess, wanted_access


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsSignIn:
    """Somebody has to sign in; *again* where somebody is, and has to prove it once more."""

    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsConsent:
    """The person has to be asked; *new* is what they have not allowed before."""

    access: WantedAccess
    new: dict[ResourceId, frozenset[str]]
    who: SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the client (RFC 6749 §4.1.2, RFC 9207 §2)."""

    to: ReturnAddress
    members: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize:
    """The flow. Every answer says who gives it (RFC 9207): *issuer*."""

    store: Store
    issuer: str
    sessions: BrowserSessions
    id_tokens: OwnIdTokens

    async def run(
        self, request: AuthorizationRequest, *, waiting: PendingRequest | None, secret: str | None, source: str
    ) -> NeedsSignIn | NeedsConsent | Answer:
        """Go as far as it goes without asking anybody.

        Args:
            waiting: The request as it is kept, if it has had to wait.
            secret: What the browser shows for its session.

        Raises:
            InvalidRequestUriError: the request was answered meanwhile.
            UnavailableError: the database cannot be reached.
        """
        try:
            return await self._run(request, waiting, secret, source)
        except InvalidRequestUriError:
            raise
        except OAuthError as error:
            if error.status >= 500:
                raise
            return self.refused(request.to, error)

    async def allow(
        self,
        request: AuthorizationRequest,
        *,
        waiting: PendingRequest,
        secret: str | None,
        shown: str | None,
        source: str,
    ) -> NeedsSignIn | NeedsConsent | Answer:
        """The person says yes to what the page has *shown*; where it is something else by now, they are asked again.

        Raises:
            InvalidRequestUriError: the request was answered meanwhile.
            UnavailableError: the database cannot be reached.
        """
        who = await self.sessions.find(secret)
        if who is None:
            return NeedsSignIn(again=False)
        access = await self._access(request, who)
        if access.fingerprint != shown:
            return NeedsConsent(access=access, new=access.scopes, who=who)
        return await self._issue(request, access, who, waiting, consent=True, source=source)

    async def refuse(self, request: AuthorizationRequest, *, waiting: PendingRequest, source: str) -> Answer:
        """The person says no.

        Raises:
            InvalidRequestUriError: the request was answered meanwhile.
        """
        event = AuditEvent(name=AuditName.CONSENT_REFUSED, client_id=request.client.id, source=source)

        async def unit(uow: UnitOfWork) -> None:
            await _take_out(uow, waiting)
            await uow.audit.record(event)

        await self.store.write(unit)
        return self.refused(request.to, AccessDeniedError("The person said no."))

    def refused(self, to: ReturnAddress, error: OAuthError) -> Answer:
        """Return the answer that tells the client of an error."""
        return self._answer(to, {"error": error.error, "error_description": str(error)})

    async def _run(
        self, request: AuthorizationRequest, waiting: PendingRequest | None, secret: str | None, source: str
    ) -> NeedsSignIn | NeedsConsent | Answer:
        who = await self.sessions.find(secret)
        silent = "none" in request.prompts
        if who is None or not await self._is_enough(request, who, waiting):
            if silent:
                raise LoginRequiredError("Nobody is signed in.")
            return NeedsSignIn(again=who is not None)
        access = await self._access(request, who)
        given = await self.store.read(lambda uow: uow.consents.given(who.user.id, request.client.id))
        new = {key: names - given.get(key, frozenset()) for key, names in access.scopes.items()}
        new = {key: names for key, names in new.items() if names}
        # What was allowed once of a payment is no word on the next one.
        is_known = not new and not access.details and _is_assured(request)
        asks = not request.client.registration.trusted and not is_known
        if asks and silent:
            raise ConsentRequiredError("The person has not allowed this yet.", detail=f"{new}")
        if asks or "consent" in request.prompts:
            return NeedsConsent(access=access, new=new, who=who)
        return await self._issue(request, access, who, waiting, consent=False, source=source)

    async def _is_enough(self, request: AuthorizationRequest, who: SignedIn, waiting: PendingRequest | None) -> bool:
        signed_in_at_ms = who.session.signed_in_at_ms
        # A proof that came after the request is as fresh as anybody can ask for; without this, max_age=0 has no end.
        if waiting is None or signed_in_at_ms <= waiting.created_at_ms:
            if request.prompts & {"login", "select_account"}:
                return False
            if request.max_age is not None and who.now_ms - signed_in_at_ms > request.max_age * MILLISECONDS:
                return False
        if request.id_token_hint is None:
            return True
        hinted = await self.id_tokens.read(request.id_token_hint)
        if hinted is None:
            # It names nobody. Where somebody can be asked, that is no reason to ask for ever.
            return "none" not in request.prompts
        return hinted.subject == who.user.id

    async def _access(self, request: AuthorizationRequest, who: SignedIn) -> WantedAccess:
        return await self.store.read(
            lambda uow: wanted_access(
                uow,
                request.client,
                who.user,
                scopes=request.scopes,
                named=request.resources,
                details=request.details,
            )
        )

    async def _issue(
        self,
        request: AuthorizationRequest,
        access: WantedAccess,
        who: SignedIn,
        waiting: PendingRequest | None,
        *,
        consent: bool,
        source: str,
    ) -> Answer:
        code, grant_id = secrets.token_urlsafe(SECRET_BYTES), GrantId(random_id())

        async def unit(uow: UnitOfWork) -> None:
            if waiting is not None:
                await _take_out(uow, waiting)
            if consent:
                await uow.consents.give(who.user.id, request.client.id, access.scopes)
                await uow.audit.record(_consent(request, who, grant_id, source))
            until_ms = await uow.now_ms() + CODE_SECONDS * MILLISECONDS
            grant = _grant(request, access, who, grant_id, until_ms=until_ms)
            await uow.grants.add(grant, audiences=access.scopes, details=access.details)
            await uow.authorization_codes.add(_code(request, access, grant, digest(code)))

        await self.store.write(unit)
        return self._answer(request.to, {"code": code})

    def _answer(self, to: ReturnAddress, members: dict[str, str]) -> Answer:
        state = {} if to.state is None else {"state": to.state}
        return Answer(to=to, members={**members, **state, "iss": self.issuer})


def _is_assured(request: AuthorizationRequest) -> bool:
    # RFC 8252 §8.6, RFC 6749 §10.2: any program on the person's device can take a public client's name, and answers at
    # its loopback address or its scheme. What was allowed to the one must not be given to the other unasked.
    if request.client.registration.document_read_at_ms is not None:
        return False  # nobody has looked at who it is: each time (Client ID Metadata Document §6.5)
    return not request.client.is_public or request.to.uri.startswith("https://")


async def _take_out(uow: UnitOfWork, waiting: PendingRequest) -> None:
    if not await uow.pending_requests.remove(waiting.digest):
        raise InvalidRequestUriError("This sign-in was finished, or has waited too long.", code="request_over")


def _grant(
    request: AuthorizationRequest, access: WantedAccess, who: SignedIn, grant_id: GrantId, *, until_ms: int
) -> Grant:
    return Grant(
        id=grant_id,
        client_id=request.client.id,
        user_id=who.user.id,
        session_id=who.session.id,
        created_at_ms=until_ms - CODE_SECONDS * MILLISECONDS,
        ended_at_ms=None,
        signed_in_at_ms=who.session.signed_in_at_ms,
        amr=who.session.amr,
        offline=access.offline,
        expires_at_ms=until_ms,
    )


def _consent(request: AuthorizationRequest, who: SignedIn, grant_id: GrantId, source: str) -> AuditEvent:
    return AuditEvent(
        name=AuditName.CONSENT_GIVEN,
        user_id=who.user.id,
        client_id=request.client.id,
        grant_id=grant_id,
        source=source,
    )


def _code(request: AuthorizationRequest, access: WantedAccess, grant: Grant, code_digest: bytes) -> AuthorizationCode:
    return AuthorizationCode(
        digest=code_digest,
        grant_id=grant.id,
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        nonce=request.nonce,
        key_thumbprint=request.key_thumbprint,
        resource_id=access.first,
        expires_at_ms=grant.expires_at_ms or 0,
    )
