"""Resource servers (`domain/resources.py`)."""

from functools import lru_cache
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.storage.schema import resources
from tokensmith.server.storage.scope_lists import joined, split
from tokensmith.server.storage.statements import Connection, Row

COLUMNS: Final = tuple(resources.c)
_REMEMBERED_ROWS: Final = 512

_ADD: Final = insert(resources).on_conflict_do_nothing(index_elements=["audience"]).returning(resources.c.id)
_ALL: Final = select(*COLUMNS).order_by(resources.c.audience)
_FIND: Final = select(*COLUMNS).where(resources.c.id == bindparam("resource_id"))
_NEW: Final = insert(resources)
_PUT: Final = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={
        name: _NEW.excluded[name]
        for name in ("audience", "scopes", "client_id", "title", "texts", "is_open", "details")
    },
)
_FIND_BY_AUDIENCE: Final = select(*COLUMNS).where(resources.c.audience == bindparam("uri"))
_SERVED_BY: Final = _ALL.where(resources.c.client_id == bindparam("served_by"))


@lru_cache(maxsize=_REMEMBERED_ROWS)
def resource_of(row: Row) -> Resource:
    """Make a resource of the values of `COLUMNS`; equal rows make one object, which nobody can change."""
    resource_id, audience, scopes, client_id, title, texts, is_open, details = row
    return Resource(
        id=ResourceId(resource_id),
        audience=audience,
        scopes=split(scopes),
        client_id=client_id,
        title=title,
        texts=MappingProxyType(msgspec.json.decode(texts, type=dict[str, str])),
        is_open=bool(is_open),
        details=MappingProxyType(msgspec.json.decode(details, type=dict[str, DetailType])),
    )


def _values(resource: Resource) -> dict[str, object]:
    return {
        "id": resource.id,
        "audience": resource.audience,
        "scopes": joined(resource.scopes),
        "client_id": resource.client_id,
        "title": resource.title,
        "is_open": resource.is_open,
        "details": msgspec.json.encode(dict(resource.details)).decode(),
        "texts": msgspec.json.encode(dict(resource.texts)).decode(),
    }


class SqlResources:
    """Satisfies `Resources`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, resource: Resource) -> None:
        """Store a new resource."""
        added = await self._connection.row(_ADD, **_values(resource))
        if added is None:
            raise ConflictError("That audience is taken.", code="resource_exists", detail=resource.audience)

    async def put(self, resource: Resource) -> None:
        """Store a resource in the place of the one with its id, or as a new one."""
        await self._connection.change(_PUT, **_values(resource))

    async def find(self, resource_id: ResourceId) -> Resource | None:
        """Return the resource with this id."""
        row = await self._connection.row(_FIND, resource_id=resource_id)
        return resource_of(row) if row else None

    async def find_by_audience(self, audience: str) -> Resource | None:
        """Return the resource with exactly this audience URI."""
        row = await self._connection.row(_FIND_BY_AUDIENCE, uri=audience)
        return resource_of(row) if row else None

    async def all(self) -> tuple[Resource, ...]:
        """Return every resource, by audience."""
        return tuple(resource_of(row) for row in await self._connection.rows(_ALL))

    async def served_by(self, client_id: ClientId) -> tuple[Resource, ...]:
        """Return the resources whose own client this is."""
        return tuple(resource_of(row) for row in await self._connection.rows(_SERVED_BY, served_by=client_id))
