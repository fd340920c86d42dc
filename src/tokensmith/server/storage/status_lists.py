"""Places in status lists (`domain/status_lists.py`).

A taken index is a row, and its primary key is what keeps two grants from taking the same one: an index is drawn at
random and inserted if it is free. How full a list is nobody counts (the counter would be the one row that every
sign-in waits for); a list in which many draws in a row were taken is crowded, and then it is time for a new one.
"""

import secrets
from typing import Final

from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId, ResourceId
from tokensmith.server.domain.status_lists import CLEARED_FOR_SECONDS, LIST_SIZE, StatusPlace, StatusVersion
from tokensmith.server.storage.schema import grant_audiences, grants, status_entries, status_lists
from tokensmith.server.storage.statements import NOW_MS, Connection

# All of them fail in one of 100 cases where three quarters of a list are taken, in one of 65,000 where half of it is.
DRAWS: Final = 16

_OF_AUDIENCE: Final = (grant_audiences.c.grant_id == bindparam("of_grant")) & (
    grant_audiences.c.resource_id == bindparam("at_resource")
)
# Of two racers the second waits here, and then sees the place that the first has taken, or that the grant has ended.
_LOCK: Final = (
    select(grants.c.id)
    .where(grants.c.id == bindparam("of_grant"), grants.c.ended_at_ms.is_(None))
    .with_for_update(key_share=True)
)
_HELD: Final = select(grant_audiences.c.list_id, grant_audiences.c.list_index).where(_OF_AUDIENCE)
_LIST_IDS: Final = select(status_lists.c.id).order_by(status_lists.c.id)
_NEW_LIST: Final = insert(status_lists).values(id=bindparam("id"), version=1).on_conflict_do_nothing()
_DRAW: Final = (
    insert(status_entries)
    .values(
        list_id=bindparam("list_id"),
        list_index=bindparam("list_index"),
        grant_id=bindparam("grant_id"),
        revoked=False,
        until_ms=None,
    )
    .on_conflict_do_nothing()
    .returning(status_entries.c.list_index)
)
_KEEP: Final = (
    update(grant_audiences).where(_OF_AUDIENCE).values(list_id=bindparam("in_list"), list_index=bindparam("at_index"))
)

_VERSION: Final = select(status_lists.c.version, NOW_MS).where(status_lists.c.id == bindparam("list_id"))
_VERSIONS: Final = select(status_lists.c.id, status_lists.c.version)
_REVOKED: Final = select(status_entries.c.list_index).where(
    status_entries.c.list_id == bindparam("in_list"), status_entries.c.revoked
)
_HOLDER: Final = select(status_entries.c.grant_id).where(
    status_entries.c.list_id == bindparam("in_list"),
    status_entries.c.list_index == bindparam("at_index"),
    status_entries.c.until_ms.is_(None),
)
_RENEW_ALL: Final = update(status_lists).values(version=status_lists.c.version + 1)
_RENEW: Final = _RENEW_ALL.where(status_lists.c.id == bindparam("list_id"))

_PLACE: Final = tuple_(status_entries.c.list_id, status_entries.c.list_index)
_OVER: Final = status_entries.c.until_ms.is_not(None) & (status_entries.c.until_ms <= NOW_MS)
_SOME: Final = select(status_entries.c.list_id, status_entries.c.list_index).limit(bindparam("limit"))
# The condition stands twice: PostgreSQL looks only at the outer one again where another process was there first.
_FREE: Final = delete(status_entries).where(
    _PLACE.in_(_SOME.where(_OVER, ~status_entries.c.revoked)), _OVER, ~status_entries.c.revoked
)
_CLEAR: Final = (
    update(status_entries)
    .where(_PLACE.in_(_SOME.where(_OVER, status_entries.c.revoked)), _OVER, status_entries.c.revoked)
    .values(revoked=False, until_ms=NOW_MS + CLEARED_FOR_SECONDS * MILLISECONDS)
    .returning(status_entries.c.list_id)
)


class SqlStatusLists:
    """Satisfies `StatusLists`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, grant_id: GrantId, resource_id: ResourceId) -> StatusPlace:
        """Give the grant's audience a new random place and return it; two racers get the same one."""
        running = await self._connection.row(_LOCK, of_grant=grant_id)
        # Asked only now: what is read in the statement that waits is from before the waiting.
        held = await self._connection.row(_HELD, of_grant=grant_id, at_resource=resource_id)
        if running is None or held is None:
            raise InvalidGrantError("The grant has ended.", code="grant_ended", detail=f"{grant_id} at {resource_id}")
        if held[0] is not None:
            return StatusPlace(list_id=held[0], index=held[1])
        place = await self._free_place(grant_id)
        await self._connection.change(
            _KEEP, of_grant=grant_id, at_resource=resource_id, in_list=place.list_id, at_index=place.index
        )
        return place

    async def _free_place(self, grant_id: GrantId) -> StatusPlace:
        while True:
            ids = await self.list_ids()
            # Any list first, so that old ones fill up again as their places are freed; then the newest, and only
            # where that one is crowded too, a new one.
            for list_id in (secrets.choice(ids), ids[-1]) if ids else ():
                index = await self._draw(grant_id, list_id)
                if index is not None:
                    return StatusPlace(list_id=list_id, index=index)
            # Where another process makes the same list, this waits for it and then finds the list there.
            await self._connection.change(_NEW_LIST, id=ids[-1] + 1 if ids else 1)

    async def _draw(self, grant_id: GrantId, list_id: int) -> int | None:
        for _ in range(DRAWS):
            index = secrets.randbelow(LIST_SIZE)
            if await self._connection.row(_DRAW, list_id=list_id, list_index=index, grant_id=grant_id):
                return index
        return None

    async def version(self, list_id: int) -> StatusVersion | None:
        """Return where the list stands; None where there is no such list."""
        row = await self._connection.row(_VERSION, list_id=list_id)
        return StatusVersion(list_id=list_id, version=row[0], now_ms=row[1]) if row else None

    async def revoked_indexes(self, list_id: int) -> tuple[int, ...]:
        """Return every index of the list whose bit is set, in no particular order."""
        return tuple(index for (index,) in await self._connection.rows(_REVOKED, in_list=list_id))

    async def list_ids(self) -> tuple[int, ...]:
        """Return the ids of all lists, in order."""
        return tuple(list_id for (list_id,) in await self._connection.rows(_LIST_IDS))

    async def versions(self) -> dict[int, int]:
        """Return the version of every list, by its id."""
        return dict(await self._connection.rows(_VERSIONS))

    async def holder(self, place: StatusPlace) -> GrantId | None:
        """Return the running grant whose tokens carry the place; None where its bit is set or nobody holds it."""
        row = await self._connection.row(_HOLDER, in_list=place.list_id, at_index=place.index)
        return GrantId(row[0]) if row else None

    async def touch_all(self) -> None:
        """Give every list a new version."""
        await self._connection.change(_RENEW_ALL)

    async def sweep(self, *, limit: int) -> int:
        """Clear at most *limit* bits that were set long enough ago; returns how many."""
        await self._connection.change(_FREE, limit=limit)
        cleared = await self._connection.rows(_CLEAR, limit=limit)
        for list_id in sorted({row[0] for row in cleared}):
            await self._connection.change(_RENEW, list_id=list_id)
        return len(cleared)
