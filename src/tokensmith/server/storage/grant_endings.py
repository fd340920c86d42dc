"""How a grant ends, and how its running access tokens do: families ended, status bits set, lists made new.

The place of an audience in a status list changes only in a transaction that holds the grant's row: `take` locks it, an
ending updates it, an expiry locks it. Otherwise a place taken between two statements of a cascade could be let go
without its bit being set, and no revocation would ever reach its tokens again. A sign-in holds its person's row (the
foreign key does that), so whoever ends everything of a person locks that row first and then sees all there is.

Rows are locked in one order everywhere, person or client, family, grant, so that a refresh and a sign-out that meet
wait for each other and never in a circle.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, ColumnElement, Select, Update, and_, bindparam, select, tuple_, update

from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.status_lists import SET_FOR_SECONDS
from tokensmith.server.storage.schema import (
    clients,
    grant_audiences,
    grants,
    refresh_families,
    status_entries,
    status_lists,
    users,
)
from tokensmith.server.storage.statements import NOW_MS, Connection


@dataclass(frozen=True, slots=True)
class _GivingUp:
    """Three statements, to be run in this order: the last forgets which places the first two were about."""

    set_bits: Update
    renew_lists: Update
    let_go: Update

    @classmethod
    def of(cls, chosen: ColumnElement[bool]) -> "_GivingUp":
        """Build them for the audiences that *chosen* names."""
        held = grant_audiences.c.list_id.is_not(None) & chosen
        places = select(grant_audiences.c.list_id, grant_audiences.c.list_index).where(held)
        place = tuple_(status_entries.c.list_id, status_entries.c.list_index)
        return cls(
            set_bits=update(status_entries)
            .where(place.in_(places))
            .values(revoked=True, until_ms=NOW_MS + SET_FOR_SECONDS * MILLISECONDS),
            renew_lists=update(status_lists)
            .where(status_lists.c.id.in_(select(grant_audiences.c.list_id).where(held)))
            .values(version=status_lists.c.version + 1),
            let_go=update(grant_audiences).where(held).values(list_id=None, list_index=None),
        )

    async def run(self, connection: Connection, **values: object) -> int:
        """Give the places up; returns how many."""
        given_up = await connection.change(self.set_bits, **values)
        if given_up:
            await connection.change(self.renew_lists, **values)
            await connection.change(self.let_go, **values)
        return given_up


@dataclass(frozen=True, slots=True)
class _Ending:
    """Ends every running grant whose *column* is a value called ``of``."""

    end_families: Update
    end_grants: Update
    giving_up: _GivingUp

    @classmethod
    def by(cls, column: Column[str] | Column[str | None], *conditions: ColumnElement[bool]) -> "_Ending":
        chosen = and_(column == bindparam("of"), *conditions)
        of_these = select(grants.c.id).where(chosen)
        # The moment singles out what this transaction ended: no place of an ended grant can change any more.
        ended_now = of_these.where(grants.c.ended_at_ms == bindparam("moment"))
        return cls(
            end_families=update(refresh_families)
            .where(refresh_families.c.grant_id.in_(of_these), refresh_families.c.ended_at_ms.is_(None))
            .values(ended_at_ms=NOW_MS),
            end_grants=update(grants)
            .where(chosen, grants.c.ended_at_ms.is_(None))
            .values(ended_at_ms=NOW_MS)
            .returning(grants.c.ended_at_ms),
            giving_up=_GivingUp.of(grant_audiences.c.grant_id.in_(ended_now)),
        )

    async def run(self, connection: Connection, of: str) -> int:
        """End them and all that hangs under them; returns how many grants."""
        await connection.change(self.end_families, of=of)
        rows = await connection.rows(self.end_grants, of=of)
        # One statement has one moment on either engine; were it ever two, each is seen to.
        for moment in {row[0] for row in rows}:
            await self.giving_up.run(connection, of=of, moment=moment)
        return len(rows)


_END: Final = _Ending.by(grants.c.id)
_END_OF_SESSION: Final = _Ending.by(grants.c.session_id, ~grants.c.offline)
_END_OF_USER: Final = _Ending.by(grants.c.user_id)
_END_OF_CLIENT: Final = _Ending.by(grants.c.client_id)

_LOCK_USER: Final = select(users.c.id).where(users.c.id == bindparam("of")).with_for_update()
_LOCK_CLIENT: Final = select(clients.c.id).where(clients.c.id == bindparam("of")).with_for_update()


def _lock_grants(chosen: ColumnElement[bool]) -> Select[tuple[str]]:
    # In one order, so that two of these never wait for each other.
    return select(grants.c.id).where(chosen).order_by(grants.c.id).with_for_update(key_share=True)


_OF_GRANT: Final = grant_audiences.c.grant_id == bindparam("grant_id")
_LOCK_GRANT: Final = _lock_grants(grants.c.id == bindparam("grant_id"))
_EXPIRE: Final = _GivingUp.of(_OF_GRANT)


@dataclass(frozen=True, slots=True)
class _ExpiryAtResource:
    """Expires the tokens at one resource of every running grant whose *column* is a value called ``of``."""

    lock_holder: Select[tuple[str]]
    lock_grants: Select[tuple[str]]
    giving_up: _GivingUp

    @classmethod
    def by(cls, column: Column[str] | Column[str | None], *, lock_holder: Select[tuple[str]]) -> "_ExpiryAtResource":
        running = (column == bindparam("of")) & grants.c.ended_at_ms.is_(None)
        at_resource = grant_audiences.c.resource_id == bindparam("resource_id")
        return cls(
            lock_holder=lock_holder,
            lock_grants=_lock_grants(running),
            giving_up=_GivingUp.of(at_resource & grant_audiences.c.grant_id.in_(select(grants.c.id).where(running))),
        )

    async def run(self, connection: Connection, of: str, resource_id: ResourceId) -> int:
        """Give their places up; returns how many."""
        await connection.rows(self.lock_holder, of=of)
        await connection.rows(self.lock_grants, of=of)
        return await self.giving_up.run(connection, of=of, resource_id=resource_id)


_EXPIRE_OF_USER: Final = _ExpiryAtResource.by(grants.c.user_id, lock_holder=_LOCK_USER)
_EXPIRE_OF_CLIENT: Final = _ExpiryAtResource.by(grants.c.client_id, lock_holder=_LOCK_CLIENT)


class GrantEndings:
    """The part of `Grants` that takes away."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def end(self, grant_id: GrantId) -> bool:
        """End the grant, its refresh tokens, and set its status bits; False where it had ended before."""
        return await _END.run(self._connection, grant_id) == 1

    async def end_of_session(self, session_id: SessionId) -> int:
        """End every running grant of the session that is not to outlive it; returns how many."""
        return await _END_OF_SESSION.run(self._connection, session_id)

    async def end_of_user(self, user_id: UserId) -> int:
        """End every running grant of the person; returns how many."""
        await self._connection.rows(_LOCK_USER, of=user_id)
        return await _END_OF_USER.run(self._connection, user_id)

    async def end_of_client(self, client_id: ClientId) -> int:
        """End every running grant of the client; returns how many."""
        await self._connection.rows(_LOCK_CLIENT, of=client_id)
        return await _END_OF_CLIENT.run(self._connection, client_id)

    async def expire_tokens(self, grant_id: GrantId) -> None:
        """Set the status bits of the grant's access tokens; the grant goes on, its next token takes a new index."""
        await self._connection.rows(_LOCK_GRANT, grant_id=grant_id)
        await _EXPIRE.run(self._connection, grant_id=grant_id)

    async def expire_tokens_of_user(self, user_id: UserId, *, resource_id: ResourceId) -> int:
        """Do the same for every running grant of the person at this resource; returns how many places were given up."""
        return await _EXPIRE_OF_USER.run(self._connection, user_id, resource_id)

    async def expire_tokens_of_client(self, client_id: ClientId, *, resource_id: ResourceId) -> int:
        """Do the same for every running grant of the client at this resource; returns how many places were given up."""
        return await _EXPIRE_OF_CLIENT.run(self._connection, client_id, resource_id)
