"""Clients that have to hear of a sign-out (`domain/logout_notices.py`)."""

from typing import Final

from sqlalchemy import bindparam, delete, exists, insert, select, update

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.domain.ids import ClientId, SessionId, UserId
from tokensmith.server.domain.logout_notices import CLAIM_MS, LogoutNotice
from tokensmith.server.storage import clients as client_rows
from tokensmith.server.storage.schema import clients, grants, logout_notices
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_COLUMNS: Final = (
    logout_notices.c.id,
    logout_notices.c.client_id,
    logout_notices.c.user_id,
    logout_notices.c.session_id,
    logout_notices.c.attempts,
    logout_notices.c.due_at_ms,
    logout_notices.c.error,
)
_ADD: Final = insert(logout_notices).values(
    id=bindparam("id"),
    client_id=bindparam("client_id"),
    user_id=bindparam("user_id"),
    session_id=bindparam("session_id"),
    attempts=bindparam("attempts"),
    due_at_ms=bindparam("due_at_ms"),
    error=bindparam("error"),
    changed_at_ms=NOW_MS,
)
_LISTENING: Final = (
    select(*client_rows.COLUMNS)
    .where(exists().where(grants.c.client_id == clients.c.id, grants.c.session_id == bindparam("of_session")))
    .order_by(clients.c.id)
)
_DUE: Final = (
    select(logout_notices.c.id)
    .where(logout_notices.c.due_at_ms.is_not(None), logout_notices.c.due_at_ms <= NOW_MS)
    .order_by(logout_notices.c.due_at_ms)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM: Final = (
    update(logout_notices)
    .where(logout_notices.c.id.in_(_DUE))
    .values(attempts=logout_notices.c.attempts + 1, due_at_ms=NOW_MS + CLAIM_MS, changed_at_ms=NOW_MS)
    .returning(*_COLUMNS)
)
_DONE: Final = (
    update(logout_notices)
    .where(logout_notices.c.id == bindparam("notice_id"))
    .values(due_at_ms=bindparam("next_ms"), error=bindparam("why"), changed_at_ms=NOW_MS)
)
_LATEST: Final = (
    select(*_COLUMNS).order_by(logout_notices.c.changed_at_ms.desc(), logout_notices.c.id).limit(bindparam("limit"))
)
_SWEEP: Final = delete(logout_notices).where(
    logout_notices.c.id.in_(
        select(logout_notices.c.id)
        .where(logout_notices.c.due_at_ms.is_(None), logout_notices.c.changed_at_ms <= NOW_MS - KEPT_MS)
        .limit(bindparam("limit"))
    )
)


class SqlLogoutNotices:
    """Satisfies `LogoutNotices`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, notice: LogoutNotice) -> None:
        """Store a new one."""
        await self._connection.change(
            _ADD,
            id=notice.id,
            client_id=notice.client_id,
            user_id=notice.user_id,
            session_id=notice.session_id,
            attempts=notice.attempts,
            due_at_ms=notice.due_at_ms,
            error=notice.error,
        )

    async def listening(self, session_id: SessionId) -> tuple[Client, ...]:
        """Return the clients that hold a grant of this session and want to hear of its end."""
        rows = await self._connection.rows(_LISTENING, of_session=session_id)
        found = (client_rows.client_of(row) for row in rows)
        return tuple(client for client in found if client.registration.backchannel_logout_uri is not None)

    async def claim(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        """Take at most *limit* that are due; nobody else gets them meanwhile."""
        return tuple(_notice_of(row) for row in await self._connection.rows(_CLAIM, limit=limit))

    async def done(self, notice_id: str, *, error: str | None, due_at_ms: int | None) -> None:
        """Store what became of an attempt."""
        await self._connection.change(_DONE, notice_id=notice_id, why=error, next_ms=due_at_ms)

    async def latest(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        """Return the newest ones, newest first."""
        return tuple(_notice_of(row) for row in await self._connection.rows(_LATEST, limit=limit))

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that were done with a week ago; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)


def _notice_of(row: Row) -> LogoutNotice:
    notice_id, client_id, user_id, session_id, attempts, due_at_ms, error = row
    return LogoutNotice(
        id=notice_id,
        client_id=ClientId(client_id),
        user_id=UserId(user_id),
        session_id=SessionId(session_id),
        attempts=attempts,
        due_at_ms=due_at_ms,
        error=error,
    )
