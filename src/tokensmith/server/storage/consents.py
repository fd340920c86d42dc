"""What people allowed clients (`domain/consents.py`)."""

from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.ids import ClientId, ResourceId, UserId
from tokensmith.server.storage.schema import consents
from tokensmith.server.storage.scope_lists import Scopes, by_resource
from tokensmith.server.storage.statements import NOW_MS, Connection

_BETWEEN: Final = (consents.c.user_id == bindparam("of_user")) & (consents.c.client_id == bindparam("to_client"))
_GIVEN: Final = select(consents.c.resource_id, consents.c.scope).where(_BETWEEN)
_GIVE: Final = (
    insert(consents)
    .values(
        user_id=bindparam("user_id"),
        client_id=bindparam("client_id"),
        resource_id=bindparam("resource_id"),
        scope=bindparam("scope"),
        given_at_ms=NOW_MS,
    )
    .on_conflict_do_nothing()
)
_WITHDRAW: Final = delete(consents).where(_BETWEEN)


class SqlConsents:
    """Satisfies `Consents`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def given(self, user_id: UserId, client_id: ClientId) -> Scopes:
        """Return what was allowed, resource by resource."""
        return by_resource(await self._connection.rows(_GIVEN, of_user=user_id, to_client=client_id))

    async def give(self, user_id: UserId, client_id: ClientId, scopes: dict[ResourceId, frozenset[str]]) -> None:
        """Allow these, besides what was allowed before."""
        for resource_id, names in scopes.items():
            for scope in sorted(names):
                await self._connection.change(
                    _GIVE, user_id=user_id, client_id=client_id, resource_id=resource_id, scope=scope
                )

    async def withdraw(self, user_id: UserId, client_id: ClientId) -> None:
        """Take everything back."""
        await self._connection.change(_WITHDRAW, of_user=user_id, to_client=client_id)
