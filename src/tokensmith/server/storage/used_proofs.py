"""Used proofs (`domain/used_proofs.py`): the primary key decides who was first."""

from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.storage.schema import used_proofs as table
from tokensmith.server.storage.statements import NOW_MS, Connection

_CLAIM: Final = insert(table).on_conflict_do_nothing(index_elements=["digest"])
_SWEEP: Final = delete(table).where(
    table.c.digest.in_(select(table.c.digest).where(table.c.until_ms <= NOW_MS).limit(bindparam("limit")))
)


class SqlUsedProofs:
    """Satisfies `UsedProofs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, digest: bytes, *, until_ms: int) -> bool:
        """Remember a proof as used until *until_ms*; False where it is remembered already."""
        return await self._connection.change(_CLAIM, digest=digest, until_ms=until_ms) == 1

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* proofs that would be refused for their age anyway; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)
