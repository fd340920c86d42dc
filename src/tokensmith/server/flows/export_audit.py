"""Reads the audit log from its older end to its newer, however long it is (`domain/audit.py`)."""

from collections.abc import AsyncIterator
from typing import Final

from tokensmith.server.domain.audit import AuditRow
from tokensmith.server.domain.unit_of_work import Store

PAGE: Final = 500


async def audit_rows(store: Store, *, since_ms: int = 0) -> AsyncIterator[AuditRow]:
    """Give every event from a moment on, in the order of their numbers, holding one page of them at a time.

    Each page is a read of its own: events that happen meanwhile come at the end.

    Raises:
        UnavailableError: the database cannot be reached.
    """
    after = 0
    while rows := await _page(store, since_ms, after):
        for row in rows:
            yield row
        after = rows[-1].number


async def _page(store: Store, since_ms: int, after: int) -> tuple[AuditRow, ...]:
    return await store.read(lambda uow: uow.audit.since(since_ms, after=after, limit=PAGE))
