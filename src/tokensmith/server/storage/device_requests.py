"""Devices that wait (`domain/device_requests.py`)."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.device_requests import DeviceRequest
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId
from tokensmith.server.storage.schema import device_requests as table
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_THIS: Final = table.c.digest == bindparam("key")
_OPEN: Final = table.c.grant_id.is_(None) & ~table.c.denied & (table.c.expires_at_ms > NOW_MS)
_ADD: Final = insert(table).on_conflict_do_nothing(index_elements=["user_code"])
_FIND: Final = select(table).where(_THIS)
_FIND_BY_CODE: Final = select(table).where(table.c.user_code == bindparam("code"), _OPEN)
_POLLED: Final = (
    update(table).where(_THIS).values(interval_seconds=bindparam("interval"), next_poll_ms=bindparam("next_ms"))
)
_ANSWER: Final = (
    update(table)
    .where(_THIS, _OPEN)
    .values(grant_id=bindparam("given"), resource_id=bindparam("first"), denied=bindparam("refused"))
)
_REMOVE: Final = delete(table).where(_THIS)
_SWEEP: Final = delete(table).where(
    table.c.digest.in_(select(table.c.digest).where(table.c.expires_at_ms <= NOW_MS).limit(bindparam("limit")))
)


class SqlDeviceRequests:
    """Satisfies `DeviceRequests`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request: DeviceRequest) -> bool:
        """Store a new one; False where the person's code is taken."""
        added = await self._connection.change(
            _ADD,
            digest=request.digest,
            user_code=request.user_code,
            client_id=request.client_id,
            parameters=msgspec.json.encode(dict(request.parameters)).decode(),
            resources=msgspec.json.encode(request.resources).decode(),
            interval_seconds=request.interval_seconds,
            next_poll_ms=request.next_poll_ms,
            expires_at_ms=request.expires_at_ms,
            grant_id=request.grant_id,
            resource_id=request.resource_id,
            denied=request.denied,
        )
        return added == 1

    async def find(self, digest: bytes) -> DeviceRequest | None:
        """Return the one with this digest, in time or not."""
        row = await self._connection.row(_FIND, key=digest)
        return _request_of(row) if row else None

    async def find_by_user_code(self, user_code: str) -> DeviceRequest | None:
        """Return the one with this code that is in time and that nobody has answered."""
        row = await self._connection.row(_FIND_BY_CODE, code=user_code)
        return _request_of(row) if row else None

    async def polled(self, digest: bytes, *, interval_seconds: int, next_poll_ms: int) -> None:
        """Note that it has asked, and when it may again."""
        await self._connection.change(_POLLED, key=digest, interval=interval_seconds, next_ms=next_poll_ms)

    async def answer(self, digest: bytes, *, grant_id: GrantId | None, resource_id: ResourceId | None) -> bool:
        """Store what a person gave it, or that they said no; of any number of callers exactly one gets True."""
        refused = grant_id is None
        return (
            await self._connection.change(_ANSWER, key=digest, given=grant_id, first=resource_id, refused=refused) == 1
        )

    async def remove(self, digest: bytes) -> bool:
        """Take it out: its tokens were fetched. Of any number of callers exactly one gets True."""
        return await self._connection.change(_REMOVE, key=digest) == 1

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that are over; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)


def _request_of(row: Row) -> DeviceRequest:
    digest, user_code, client_id, parameters, resources, interval, next_poll_ms, expires_at_ms, *answer = row
    grant_id, resource_id, denied = answer
    return DeviceRequest(
        digest=digest,
        user_code=user_code,
        client_id=ClientId(client_id),
        parameters=msgspec.json.decode(parameters, type=dict[str, str]),
        resources=msgspec.json.decode(resources, type=tuple[str, ...]),
        interval_seconds=interval,
        next_poll_ms=next_poll_ms,
        expires_at_ms=expires_at_ms,
        grant_id=None if grant_id is None else GrantId(grant_id),
        resource_id=None if resource_id is None else ResourceId(resource_id),
        denied=bool(denied),
    )
