"""End a token, and what hangs under it (RFC 7009).

A refresh token takes its whole grant with it: family, access tokens, everything. An access token takes the access
tokens of its grant, whose status bit they share; the grant itself goes on and its next refresh gets a new index.
"""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import PREFIX, Refuse, parse
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.own_access_tokens import OwnAccessTokens
from tokensmith.server.flows.presented_refresh import look_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """The flow. `token_type_hint` is not asked for: the two kinds cannot be mistaken for each other."""

    store: Store
    access_tokens: OwnAccessTokens
    rotation_keys: RotationKeyRing

    async def run(self, client: Client, text: str, *, source: str) -> None:
        """Revoke a token of this client. An unknown or ended one is no error (RFC 7009 §2.2).

        Raises:
            InvalidGrantError: the token is good and belongs to another client (`token_other_client`); it stays good.
            UnavailableError: the database cannot be reached.
        """
        if text.startswith(PREFIX):
            await self._revoke_refresh(client, text, source)
        else:
            await self._revoke_access(client, text, source)

    async def _revoke_refresh(self, client: Client, text: str, source: str) -> None:
        try:
            token = parse(text)
        except InvalidGrantError:
            return
        presented = await look_up(self.store, self.rotation_keys, token)
        if presented is None or isinstance(presented.verdict, Refuse):
            return
        if presented.standing.client.id != client.id:
            raise _not_yours(client)
        await self._write(presented.standing.grant.id, client, source, whole_grant=True)

    async def _revoke_access(self, client: Client, text: str, source: str) -> None:
        token = await self.access_tokens.read(text)
        if token is None:
            return
        if token.client_id != client.id:
            raise _not_yours(client)
        grant_id = await self.store.read(lambda uow: uow.status_lists.holder(token.place))
        if grant_id is not None:
            await self._write(grant_id, client, source, whole_grant=False)

    async def _write(self, grant_id: GrantId, client: Client, source: str, *, whole_grant: bool) -> None:
        event = AuditEvent(
            name=AuditName.TOKEN_REVOKED,
            client_id=client.id,
            grant_id=grant_id,
            source=source,
            details={"kind": "refresh" if whole_grant else "access"},
        )

        async def unit(uow: UnitOfWork) -> None:
            if whole_grant:
                await uow.grants.end(grant_id)
            else:
                await uow.grants.expire_tokens(grant_id)
            await uow.audit.record(event)

        await self.store.write(unit)


def _not_yours(client: Client) -> InvalidGrantError:
    return InvalidGrantError("The token is not this client's.", code="token_other_client", detail=client.id)
