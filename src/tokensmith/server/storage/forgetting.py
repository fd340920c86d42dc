"""Takes away what is over for long enough (`domain/forgetting.py`).

Grant by grant, and what points at one before the grant itself: another process that chose the same ones waits for the
rows and then finds nothing to do.
"""

from typing import Final

from sqlalchemy import bindparam, delete, exists, or_, select

from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.storage.schema import (
    audit,
    authorization_codes,
    device_requests,
    grant_audiences,
    grants,
    refresh_families,
    sessions,
)
from tokensmith.server.storage.statements import NOW_MS, Connection

_ENDED: Final = (
    select(grants.c.id, grants.c.session_id)
    .where(grants.c.ended_at_ms.is_not(None), grants.c.ended_at_ms <= NOW_MS - KEPT_MS)
    .order_by(grants.c.ended_at_ms)
    .limit(bindparam("limit"))
)
_OF_GRANT: Final = tuple(
    delete(table).where(table.c.grant_id == bindparam("of_grant"))
    for table in (authorization_codes, device_requests, refresh_families, grant_audiences)
)
_GRANT: Final = delete(grants).where(grants.c.id == bindparam("of_grant"))
_HAS_GRANTS: Final = exists().where(grants.c.session_id == sessions.c.id)
# One without a browser lasts as long as its grants.
_IS_OVER: Final = or_(
    sessions.c.ended_at_ms.is_not(None), sessions.c.expires_at_ms.is_(None), sessions.c.expires_at_ms <= NOW_MS
)
_SESSION: Final = delete(sessions).where(sessions.c.id == bindparam("session_id"), _IS_OVER, ~_HAS_GRANTS)
_EXPIRED: Final = (
    select(sessions.c.id)
    .where(sessions.c.expires_at_ms.is_not(None), sessions.c.expires_at_ms <= NOW_MS - KEPT_MS, ~_HAS_GRANTS)
    .limit(bindparam("limit"))
)
_EXPIRED_SESSIONS: Final = delete(sessions).where(sessions.c.id.in_(_EXPIRED))
# The lowest numbers are the oldest events: where none of them is old enough, nothing further is looked at.
_OLDEST: Final = select(audit.c.number, audit.c.at_ms).order_by(audit.c.number).limit(bindparam("limit")).subquery()
_OLD_EVENTS: Final = delete(audit).where(
    audit.c.number.in_(select(_OLDEST.c.number).where(_OLDEST.c.at_ms <= NOW_MS - bindparam("keep_ms")))
)


class SqlForgetting:
    """Satisfies `Forgetting`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def grants(self, *, limit: int) -> int:
        """Forget grants that ended long ago with all that hung under them, and sessions whose last one that was."""
        ended = await self._connection.rows(_ENDED, limit=limit)
        for grant_id, session_id in ended:
            for statement in (*_OF_GRANT, _GRANT):
                await self._connection.change(statement, of_grant=grant_id)
            if session_id is not None:
                await self._connection.change(_SESSION, session_id=session_id)
        return len(ended)

    async def sessions(self, *, limit: int) -> int:
        """Forget sessions of browsers that were over long ago and have no grants."""
        return await self._connection.change(_EXPIRED_SESSIONS, limit=limit)

    async def audit(self, *, keep_ms: int, limit: int) -> int:
        """Forget the oldest events, as far as they are older than that."""
        return await self._connection.change(_OLD_EVENTS, keep_ms=keep_ms, limit=limit)
