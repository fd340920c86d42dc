"""Authorization code → tokens (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10, Core §3.1.3).

Everything a code is bound to is looked at before the code is. So who comes with a code alone, found in a log or a
browser's history, neither gets tokens nor can take away those that its client got; who comes with all of it a second
time is either the client, confused, or somebody who has everything the client has, and then nothing that came of the
code may go on (RFC 6749 §4.1.2, RFC 9700 §4.2.4).
"""

import hmac
from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_codes import AuthorizationCode
from tokensmith.server.domain.authorization_details import Details, narrowed_details
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidGrantError, InvalidTargetError
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.pkce import proves
from tokensmith.server.domain.scopes import audience_of
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.first_tokens import Begun, FirstTokens
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRedemption:
    """What a client brings; *key_thumbprint* names the key that it proved to hold."""

    code: str
    redirect_uri: str | None
    verifier: str | None
    resource: str | None
    source: str
    key_thumbprint: str | None
    details: Details = ()

    def __repr__(self) -> str:
        return f"<CodeRedemption from {self.source}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCode:
    """The flow."""

    store: Store
    first_tokens: FirstTokens

    async def run(self, client: Client, redemption: CodeRedemption) -> TokenAnswer:
        """Redeem a code.

        Raises:
            InvalidGrantError: unknown, another client's, not what it is bound to, expired, or used; a used one has
                ended its whole grant before this is raised.
            InvalidTargetError: the grant does not reach the resource asked for; the code stays good.
            InvalidAuthorizationDetailsError: more was asked for than was granted; the code stays good.
            UnavailableError: the database cannot be reached.
        """
        code, standing = await self._find(client, redemption)
        _check_bindings(code, client, redemption)
        if code.consumed_at_ms is None and standing.now_ms >= code.expires_at_ms:
            raise _refused(client, code="code_expired")
        audience = _audience(code, standing, redemption.resource)
        narrowed_details(redemption.details, granted=audience.details)
        drawn = await self.first_tokens.draw(refreshes=client.refreshes, key_thumbprint=redemption.key_thumbprint)

        async def unit(uow: UnitOfWork) -> Begun | None:
            if not await uow.authorization_codes.consume(code.digest):
                await _end(uow, code, standing, redemption.source)
                return None
            begun = await drawn.begin(uow, standing.grant.id, audience.resource.id)
            if begun is None:
                raise _refused(client, code="code_signed_out")
            await uow.audit.record(_event(AuditName.CODE_REDEEMED, begun.standing, redemption.source))
            return begun

        begun = await self.store.write(unit)
        if begun is None:
            raise _refused(client, code="code_reused")
        return await self.first_tokens.answer(begun, drawn, nonce=code.nonce, details=redemption.details)

    async def _find(self, client: Client, redemption: CodeRedemption) -> tuple[AuthorizationCode, Standing]:
        async def unit(uow: UnitOfWork) -> tuple[AuthorizationCode, Standing] | None:
            code = await uow.authorization_codes.find(digest(redemption.code))
            standing = await uow.grants.standing(code.grant_id) if code else None
            return (code, standing) if code and standing else None

        found = await self.store.read(unit)
        if found is None:
            raise _refused(client, code="code_unknown")
        if found[1].client.id != client.id:
            raise _refused(client, code="code_other_client")
        return found


def _check_bindings(code: AuthorizationCode, client: Client, redemption: CodeRedemption) -> None:
    if not proves(redemption.verifier, code.challenge):
        raise _refused(client, code="code_verifier")
    sent = redemption.redirect_uri
    # OAuth 2.1 §4.1.3 left the parameter to PKCE; without PKCE it is what RFC 6749 §4.1.3 says.
    needed = code.redirect_uri is not None and code.challenge is None
    if (sent is None and needed) or (sent is not None and sent != code.redirect_uri):
        raise _refused(client, code="code_redirect_uri", detail=f"sent={sent!r:.300} was={code.redirect_uri!r}")
    bound = code.key_thumbprint
    if bound is not None and not hmac.compare_digest(bound, redemption.key_thumbprint or ""):
        raise _refused(client, code="code_other_key")


def _audience(code: AuthorizationCode, standing: Standing, resource: str | None) -> GrantedAudience:
    if resource is not None:
        return audience_of(standing, resource=resource)
    for audience in standing.audiences:
        if audience.resource.id == code.resource_id:
            return audience
    raise InvalidTargetError("No such resource for this grant.", detail=code.resource_id)


async def _end(uow: UnitOfWork, code: AuthorizationCode, standing: Standing, source: str) -> None:
    await uow.grants.end(code.grant_id)
    await uow.audit.record(_event(AuditName.CODE_REUSED, standing, source))


def _event(name: AuditName, standing: Standing, source: str) -> AuditEvent:
    grant = standing.grant
    return AuditEvent(name=name, user_id=grant.user_id, client_id=grant.client_id, grant_id=grant.id, source=source)


def _refused(client: Client, *, code: str, detail: str = "") -> InvalidGrantError:
    # One sentence for every cause, as for refresh tokens: which it was is for the log.
    return InvalidGrantError("The code is not valid.", code=code, detail=f"client={client.id} {detail}")
