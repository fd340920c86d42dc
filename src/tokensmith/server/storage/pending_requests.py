"""Authorization requests that wait (`domain/pending_requests.py`)."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, or_, select, update

from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.pending_requests import PendingRequest
from tokensmith.server.storage.schema import pending_requests as table
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_THIS: Final = table.c.digest == bindparam("key")
_ADD: Final = insert(table)
_FIND: Final = select(table).where(_THIS, table.c.expires_at_ms > NOW_MS)
_CLAIM: Final = (
    update(table)
    .where(
        _THIS,
        table.c.expires_at_ms > NOW_MS,
        or_(table.c.browser_digest.is_(None), table.c.browser_digest == bindparam("browser")),
    )
    .values(browser_digest=bindparam("browser"), expires_at_ms=bindparam("until_ms"))
)
_REMOVE: Final = delete(table).where(_THIS)
_SWEEP: Final = delete(table).where(
    table.c.digest.in_(select(table.c.digest).where(table.c.expires_at_ms <= NOW_MS).limit(bindparam("limit")))
)


class SqlPendingRequests:
    """Satisfies `PendingRequests`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request: PendingRequest) -> None:
        """Store a new one."""
        await self._connection.change(
            _ADD,
            digest=request.digest,
            client_id=request.client_id,
            parameters=msgspec.json.encode(dict(request.parameters)).decode(),
            resources=msgspec.json.encode(request.resources).decode(),
            pushed=request.pushed,
            browser_digest=request.browser_digest,
            created_at_ms=request.created_at_ms,
            expires_at_ms=request.expires_at_ms,
        )

    async def find(self, digest: bytes) -> PendingRequest | None:
        """Return the one with this digest that is still in time."""
        row = await self._connection.row(_FIND, key=digest)
        return _request_of(row) if row else None

    async def claim(self, digest: bytes, *, browser_digest: bytes, until_ms: int) -> bool:
        """Give it to a browser and let it wait until then; False where it is over or another browser has it."""
        return await self._connection.change(_CLAIM, key=digest, browser=browser_digest, until_ms=until_ms) == 1

    async def remove(self, digest: bytes) -> bool:
        """Take it out: it has been answered. Of any number of callers exactly one gets True."""
        return await self._connection.change(_REMOVE, key=digest) == 1

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that nobody answered in time; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)


def _request_of(row: Row) -> PendingRequest:
    digest, client_id, parameters, resources, pushed, browser_digest, created_at_ms, expires_at_ms = row
    return PendingRequest(
        digest=digest,
        client_id=ClientId(client_id),
        parameters=msgspec.json.decode(parameters, type=dict[str, str]),
        resources=msgspec.json.decode(resources, type=tuple[str, ...]),
        pushed=bool(pushed),
        browser_digest=browser_digest,
        created_at_ms=created_at_ms,
        expires_at_ms=expires_at_ms,
    )
