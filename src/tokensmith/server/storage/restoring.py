"""What a restored backup brought back (`domain/restoring.py`)."""

from typing import Final

from sqlalchemy import BindParameter, bindparam, case, delete, func, or_, select, tuple_, update

from tokensmith.server.domain.ids import GrantId, SessionId, UserId
from tokensmith.server.storage.schema import consents, grants, sessions, status_lists
from tokensmith.server.storage.statements import NOW_MS, Connection

_UNTIL: Final[BindParameter[int]] = bindparam("until_ms")
_SESSIONS: Final = (
    select(sessions.c.id, sessions.c.user_id)
    .where(sessions.c.id > bindparam("after"), sessions.c.ended_at_ms.is_(None), sessions.c.signed_in_at_ms <= _UNTIL)
    .order_by(sessions.c.id)
    .limit(bindparam("limit"))
)
# By primary key: pieces that begin where the one before ended read every row once, however many have ended long ago.
_GRANTS: Final = (
    select(grants.c.id)
    .where(
        grants.c.id > bindparam("after"),
        grants.c.ended_at_ms.is_(None),
        or_(grants.c.created_at_ms <= _UNTIL, grants.c.signed_in_at_ms <= _UNTIL),
    )
    .order_by(grants.c.id)
    .limit(bindparam("limit"))
)
_RUNNING: Final = select(func.count()).select_from(grants).where(grants.c.ended_at_ms.is_(None))
_GIVEN: Final = tuple_(*consents.primary_key.columns)
_OLD: Final = select(*consents.primary_key.columns).where(consents.c.given_at_ms <= _UNTIL).limit(bindparam("limit"))
_FORGET: Final = delete(consents).where(_GIVEN.in_(_OLD))
# Versions count from 1, one by one; the time in milliseconds is beyond any count, also a count that began at a time.
_NEXT: Final = status_lists.c.version + 1
_RENEW: Final = update(status_lists).values(version=case((_NEXT > NOW_MS, _NEXT), else_=NOW_MS))


class SqlRestoring:
    """Satisfies `Restoring`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def sessions(self, *, until_ms: int, after: str, limit: int) -> tuple[tuple[SessionId, UserId], ...]:
        """Return running sessions whose person signed in by then."""
        rows = await self._connection.rows(_SESSIONS, until_ms=until_ms, after=after, limit=limit)
        return tuple((SessionId(session_id), UserId(user_id)) for session_id, user_id in rows)

    async def grants(self, *, until_ms: int, after: str, limit: int) -> tuple[GrantId, ...]:
        """Return running grants that were made by then, or later by a person who had signed in by then."""
        rows = await self._connection.rows(_GRANTS, until_ms=until_ms, after=after, limit=limit)
        return tuple(GrantId(grant_id) for (grant_id,) in rows)

    async def forget_consents(self, *, until_ms: int, limit: int) -> int:
        """Forget consents given by then; returns how many scopes of them."""
        return await self._connection.change(_FORGET, until_ms=until_ms, limit=limit)

    async def running_grants(self) -> int:
        """Return how many grants run."""
        (row,) = await self._connection.rows(_RUNNING)
        count: int = row[0]
        return count

    async def renew_lists(self) -> None:
        """Give every status list a version that none has had."""
        await self._connection.change(_RENEW)
