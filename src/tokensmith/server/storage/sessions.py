"""Sign-ins (`domain/sessions.py`)."""

from typing import Final

from sqlalchemy import bindparam, insert, select, update

from tokensmith.server.domain.ids import SessionId, UserId
from tokensmith.server.domain.sessions import Session
from tokensmith.server.storage.schema import sessions
from tokensmith.server.storage.statements import NOW_MS, Connection

_ADD: Final = insert(sessions)
_FIND: Final = select(sessions).where(sessions.c.id == bindparam("session_id"))
_END: Final = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at_ms.is_(None))
    .values(ended_at_ms=NOW_MS)
)


class SqlSessions:
    """Satisfies `Sessions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        """Store a new session."""
        await self._connection.change(
            _ADD,
            id=session.id,
            user_id=session.user_id,
            amr=" ".join(session.amr),
            signed_in_at_ms=session.signed_in_at_ms,
            ended_at_ms=session.ended_at_ms,
        )

    async def find(self, session_id: SessionId) -> Session | None:
        """Return the session with this id."""
        row = await self._connection.row(_FIND, session_id=session_id)
        if row is None:
            return None
        found_id, user_id, amr, signed_in_at_ms, ended_at_ms = row
        return Session(
            id=SessionId(found_id),
            user_id=UserId(user_id),
            amr=tuple(amr.split()),
            signed_in_at_ms=signed_in_at_ms,
            ended_at_ms=ended_at_ms,
        )

    async def end(self, session_id: SessionId) -> bool:
        """End the session; False where it had ended before."""
        return await self._connection.change(_END, session_id=session_id) == 1
