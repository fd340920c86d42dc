"""Device code → tokens, as soon as a person has said yes (RFC 8628 §3.4, §3.5)."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_errors import AccessDeniedError
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.device_errors import AuthorizationPendingError, ExpiredTokenError, SlowDownError
from tokensmith.server.domain.device_requests import SLOWER_SECONDS, DeviceRequest
from tokensmith.server.domain.errors import InvalidGrantError, OAuthError
from tokensmith.server.domain.ids import GrantId, ResourceId
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.first_tokens import Begun, DrawnTokens, FirstTokens
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeDevice:
    """The flow."""

    store: Store
    first_tokens: FirstTokens

    async def run(self, client: Client, code: str, *, source: str, key_thumbprint: str | None) -> TokenAnswer:
        """Fetch a device's tokens.

        Raises:
            AuthorizationPendingError, SlowDownError: nobody has answered; the latter lengthens the interval for good.
            ExpiredTokenError: nobody answered in time.
            AccessDeniedError: the person said no.
            InvalidGrantError: no such code, another client's, or fetched already.
            UnavailableError: the database cannot be reached.
        """
        drawn = await self.first_tokens.draw(refreshes=client.refreshes, key_thumbprint=key_thumbprint)
        code_digest = digest(code)

        async def unit(uow: UnitOfWork) -> Begun | OAuthError:
            request = await uow.device_requests.find(code_digest)
            if request is None or request.client_id != client.id:
                return _refused(client, code="device_code_unknown")
            return await _fetch(uow, request, client, drawn, source=source)

        # What has to be told is returned, not raised: an interval that got longer has to stay so.
        outcome = await self.store.write(unit)
        if isinstance(outcome, OAuthError):
            raise outcome
        return await self.first_tokens.answer(outcome, drawn, nonce=None)


async def _fetch(
    uow: UnitOfWork, request: DeviceRequest, client: Client, drawn: DrawnTokens, *, source: str
) -> Begun | OAuthError:
    now_ms = await uow.now_ms()
    if request.denied:
        return AccessDeniedError("The person said no.")
    if request.grant_id is None or request.resource_id is None:
        return await _not_yet(uow, request, now_ms=now_ms)
    if not await uow.device_requests.remove(request.digest):
        return _refused(client, code="device_code_unknown")
    return await _begin(uow, client, drawn, request.grant_id, resource_id=request.resource_id, source=source)


async def _begin(
    uow: UnitOfWork, client: Client, drawn: DrawnTokens, grant_id: GrantId, *, resource_id: ResourceId, source: str
) -> Begun | OAuthError:
    begun = await drawn.begin(uow, grant_id, resource_id)
    if begun is None:
        return _refused(client, code="device_signed_out")
    event = AuditEvent(
        name=AuditName.DEVICE_CONNECTED,
        user_id=begun.standing.grant.user_id,
        client_id=client.id,
        grant_id=grant_id,
        source=source,
    )
    await uow.audit.record(event)
    return begun


async def _not_yet(uow: UnitOfWork, request: DeviceRequest, *, now_ms: int) -> OAuthError:
    if request.expires_at_ms <= now_ms:
        return ExpiredTokenError("Nobody has answered in time.")
    is_too_soon = now_ms < request.next_poll_ms
    interval = request.interval_seconds + (SLOWER_SECONDS if is_too_soon else 0)
    await uow.device_requests.polled(
        request.digest, interval_seconds=interval, next_poll_ms=now_ms + interval * MILLISECONDS
    )
    if is_too_soon:
        return SlowDownError("That was too soon; wait five seconds longer from now on.")
    return AuthorizationPendingError("Nobody has answered yet.")


def _refused(client: Client, *, code: str) -> InvalidGrantError:
    return InvalidGrantError("The device code is not valid.", code=code, detail=f"client={client.id}")
