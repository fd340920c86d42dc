"""Pictures of programs (`domain/logos.py`), by the digest of their bytes."""

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.logos import Logo
from tokensmith.server.storage.schema import logos as table
from tokensmith.server.storage.statements import Connection

_ADD: Final = insert(table).on_conflict_do_nothing(index_elements=["digest"])
_FIND: Final = select(*table.c).where(table.c.digest == bindparam("named"))


class SqlLogos:
    """Satisfies `Logos`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, logo: Logo) -> None:
        """Store a picture; nothing happens where it is there already."""
        await self._connection.change(_ADD, digest=logo.digest, media_type=logo.media_type, body=logo.body)

    async def find(self, digest: str) -> Logo | None:
        """Return the picture with this digest."""
        row = await self._connection.row(_FIND, named=digest)
        return Logo(digest=row[0], media_type=row[1], body=bytes(row[2])) if row else None
