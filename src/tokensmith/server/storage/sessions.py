"""Sign-ins (`domain/sessions.py`)."""

from typing import Final

from sqlalchemy import bindparam, insert, select, update

from tokensmith.server.domain.ids import SessionId, UserId
from tokensmith.server.domain.sessions import Session
from tokensmith.server.storage.schema import sessions, users
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_COLUMNS: Final = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.amr,
    sessions.c.signed_in_at_ms,
    sessions.c.ended_at_ms,
    sessions.c.secret_digest,
    sessions.c.seen_at_ms,
    sessions.c.expires_at_ms,
)
_RUNNING: Final = (sessions.c.id == bindparam("session_id")) & sessions.c.ended_at_ms.is_(None)
_ADD: Final = insert(sessions)
_FIND: Final = select(*_COLUMNS).where(sessions.c.id == bindparam("session_id"))
_FIND_BY_SECRET: Final = select(*_COLUMNS).where(sessions.c.secret_digest == bindparam("digest"))
_RENEW: Final = (
    update(sessions)
    .where(_RUNNING, sessions.c.user_id == bindparam("of_user"))
    .values(
        amr=bindparam("proven_by"),
        signed_in_at_ms=bindparam("proven_at_ms"),
        secret_digest=bindparam("new_digest"),
        seen_at_ms=bindparam("proven_at_ms"),
        expires_at_ms=bindparam("until_ms"),
    )
)
_LOCK_USER: Final = select(users.c.id).where(users.c.id == bindparam("of_user")).with_for_update()
_RUNNING_OF: Final = (
    select(sessions.c.id)
    .where(sessions.c.user_id == bindparam("of_user"), sessions.c.ended_at_ms.is_(None))
    .order_by(sessions.c.id)
)
_SEEN: Final = update(sessions).where(_RUNNING).values(seen_at_ms=NOW_MS)
_END: Final = update(sessions).where(_RUNNING).values(ended_at_ms=NOW_MS)


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
            secret_digest=session.secret_digest,
            seen_at_ms=session.seen_at_ms,
            expires_at_ms=session.expires_at_ms,
        )

    async def find(self, session_id: SessionId) -> Session | None:
        """Return the session with this id."""
        row = await self._connection.row(_FIND, session_id=session_id)
        return _session_of(row) if row else None

    async def find_by_secret(self, secret_digest: bytes) -> Session | None:
        """Return the session whose browser shows this secret."""
        row = await self._connection.row(_FIND_BY_SECRET, digest=secret_digest)
        return _session_of(row) if row else None

    async def renew(self, session: Session) -> bool:
        """Store a new sign-in over a running session of the same person; False where it has ended."""
        changed = await self._connection.change(
            _RENEW,
            session_id=session.id,
            of_user=session.user_id,
            proven_by=" ".join(session.amr),
            proven_at_ms=session.signed_in_at_ms,
            new_digest=session.secret_digest,
            until_ms=session.expires_at_ms,
        )
        return changed == 1

    async def seen(self, session_id: SessionId) -> None:
        """Note that the browser came, at the database's time."""
        await self._connection.change(_SEEN, session_id=session_id)

    async def running_of(self, user_id: UserId) -> tuple[SessionId, ...]:
        """Return the person's sessions that have not ended; from here on no new one begins before this unit is over."""
        # A sign-in holds the person's row (its foreign key does): either it is seen below, or it sees what ends it.
        await self._connection.rows(_LOCK_USER, of_user=user_id)
        return tuple(SessionId(row[0]) for row in await self._connection.rows(_RUNNING_OF, of_user=user_id))

    async def end(self, session_id: SessionId) -> bool:
        """End the session; False where it had ended before."""
        return await self._connection.change(_END, session_id=session_id) == 1


def _session_of(row: Row) -> Session:
    session_id, user_id, amr, signed_in_at_ms, ended_at_ms, secret_digest, seen_at_ms, expires_at_ms = row
    return Session(
        id=SessionId(session_id),
        user_id=UserId(user_id),
        amr=tuple(amr.split()),
        signed_in_at_ms=signed_in_at_ms,
        ended_at_ms=ended_at_ms,
        secret_digest=secret_digest,
        seen_at_ms=seen_at_ms,
        expires_at_ms=expires_at_ms,
    )
