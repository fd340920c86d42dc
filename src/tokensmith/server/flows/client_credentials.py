"""A client asks for itself (RFC 6749 §4.4). One grant per client; its token carries the grant's status index."""

from dataclasses import dataclass

from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import InvalidTargetError, UnauthorizedClientError
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import ClientId, GrantId, random_id
from tokensmith.server.domain.scopes import asked_scopes, narrowed
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.asking_client import asked_resource, hold_running
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """The flow. The second token of a client for a resource and every later one write nothing."""

    store: Store
    mint: Mint

    async def run(
        self, client: Client, *, scope: str | None, resource: str | None, key_thumbprint: str | None
    ) -> TokenAnswer:
        """Issue an access token for the client itself; never a refresh token (RFC 6749 §4.4.3).

        With *key_thumbprint* the token is bound to that key.

        Raises:
            UnauthorizedClientError: the client is public or may not use this grant.
            InvalidClientError: it was switched off meanwhile.
            InvalidTargetError, InvalidScopeError: nothing of what was asked can be had.
            UnavailableError: the database cannot be reached.
        """
        if client.is_public or GrantType.CLIENT_CREDENTIALS not in client.grant_types:
            raise UnauthorizedClientError("This client may not ask for itself.", detail=client.id)
        standing = await self.store.read(lambda uow: uow.grants.standing_of_client_itself(client.id))
        audience = _audience(standing, client, resource) if standing else None
        if standing is None or audience is None or audience.place is None:
            standing, audience, place = await self._establish(client, resource)
        else:
            place = audience.place
        allowed = standing.client_scopes.get(audience.resource.id, frozenset())
        scopes = narrowed(asked_scopes(scope), allowed=allowed)
        return await self.mint.answer(
            standing, audience, scopes=scopes, place=place, refresh_token=None, key_thumbprint=key_thumbprint
        )

    async def _establish(self, client: Client, resource: str | None) -> tuple[Standing, GrantedAudience, StatusPlace]:
        fresh_id = GrantId(random_id())

        async def unit(uow: UnitOfWork) -> tuple[Standing, GrantedAudience, StatusPlace]:
            await hold_running(uow, client)
            resource_id = await asked_resource(uow, client, resource)
            scopes = (await uow.clients.scopes(client.id)).get(resource_id, frozenset())
            if not scopes:
                raise InvalidTargetError("This resource is not for this client.", detail=f"{client.id} {resource!r}")
            grant_id = await uow.grants.of_client_itself(client.id)
            if grant_id is None:
                grant_id = fresh_id
                await uow.grants.add(await _own_grant(uow, client.id, grant_id), audiences={resource_id: scopes})
            await uow.grants.add_audience(grant_id, resource_id, scopes=scopes)
            place = await uow.status_lists.take(grant_id, resource_id)
            standing = await uow.grants.standing(grant_id)
            audience = _audience(standing, client, resource) if standing else None
            if standing is None or audience is None:
                raise InvalidTargetError("The client's grant ended as it began.", code="grant_vanished")
            return standing, audience, place

        return await self.store.write(unit)


def _audience(standing: Standing, client: Client, resource: str | None) -> GrantedAudience | None:
    for one in standing.audiences:
        wanted = one.resource.audience == resource if resource else one.resource.id == client.default_resource_id
        if wanted:
            return one
    return None


async def _own_grant(uow: UnitOfWork, client_id: ClientId, grant_id: GrantId) -> Grant:
    return Grant(
        id=grant_id,
        client_id=client_id,
        user_id=None,
        session_id=None,
        created_at_ms=await uow.now_ms(),
        ended_at_ms=None,
    )
