"""The audit log (`domain/audit.py`): rows are added, and nothing else ever happens to them here."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, select

from tokensmith.server.domain.audit import AuditEvent, AuditName, AuditRow
from tokensmith.server.storage.schema import audit
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_RECORD: Final = (
    insert(audit)
    .inline()
    .values(
        at_ms=NOW_MS,
        name=bindparam("name"),
        user_id=bindparam("user_id"),
        client_id=bindparam("client_id"),
        grant_id=bindparam("grant_id"),
        source=bindparam("source"),
        details=bindparam("details"),
    )
)
_LATEST: Final = select(audit).order_by(audit.c.number.desc()).limit(bindparam("limit"))
_SINCE: Final = (
    select(audit)
    .where(audit.c.number > bindparam("after"), audit.c.at_ms >= bindparam("at_ms"))
    .order_by(audit.c.number)
    .limit(bindparam("limit"))
)


class SqlAudit:
    """Satisfies `Audit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def record(self, event: AuditEvent) -> None:
        """Append one event."""
        await self._connection.change(
            _RECORD,
            name=event.name.value,
            user_id=event.user_id,
            client_id=event.client_id,
            grant_id=event.grant_id,
            source=event.source,
            details=msgspec.json.encode(event.details).decode(),
        )

    async def latest(self, *, limit: int) -> tuple[AuditRow, ...]:
        """Return the newest events, newest first."""
        return tuple(_row_of(row) for row in await self._connection.rows(_LATEST, limit=limit))

    async def since(self, at_ms: int, *, after: int, limit: int) -> tuple[AuditRow, ...]:
        """Return events from a moment on whose numbers are above *after*, in the order of numbers."""
        rows = await self._connection.rows(_SINCE, at_ms=at_ms, after=after, limit=limit)
        return tuple(_row_of(row) for row in rows)


def _row_of(row: Row) -> AuditRow:
    number, at_ms, name, user_id, client_id, grant_id, source, details = row
    event = AuditEvent(
        name=AuditName(name),
        user_id=user_id,
        client_id=client_id,
        grant_id=grant_id,
        source=source,
        details=msgspec.json.decode(details, type=dict[str, str]),
    )
    return AuditRow(number=number, at_ms=at_ms, event=event)
