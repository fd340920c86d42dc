"""The store over either engine: units of work in, and the sealing keys once they are known to be the right ones."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.reseal import Resealed, reseal
from tokensmith.server.storage.sealing_check import checked_sealing
from tokensmith.server.storage.sealing_ring import SealingRing
from tokensmith.server.storage.sealing_source import SealingSource
from tokensmith.server.storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")


class SqlStore:
    """Satisfies `Store`. Use it between `start` and `close`, in the process that called them."""

    def __init__(self, engine: Engine, source: SealingSource) -> None:
        self._engine = engine
        self._source = source
        self._sealing: SealingRing | None = None

    async def start(self) -> None:
        """Open the database, whose tables are up to date, and check the sealing keys against it.

        Raises:
            UnavailableError: the database cannot be reached.
            SealError: the keys are missing, wrong or unreadable.
        """
        await self._engine.start()
        try:
            checked = await self._engine.write(lambda connection: checked_sealing(connection, self._source))
        except BaseException:
            await self._engine.close()
            raise
        self._sealing = SealingRing(self._engine, self._source, checked)

    async def close(self) -> None:
        """Finish what is being written, then close the database."""
        await self._engine.close()

    @property
    def sealing(self) -> SealingRing:
        """The keys that seal secrets, chain refresh families, and hide the names of counted sign-ins.

        Raises:
            RuntimeError: the store was not started.
        """
        if self._sealing is None:
            raise RuntimeError("the store was not started")
        return self._sealing

    async def reseal(self) -> Resealed:
        """Move the database to the next sealing key (see `storage/reseal.py`).

        Raises:
            SealError: a value does not open, or a key cannot be used; nothing was changed.
            UnavailableError: the database cannot be reached.
        """
        return await reseal(self._engine, self._source)

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a unit that changes nothing."""
        return await self._engine.read(lambda connection: unit(SqlUnitOfWork(connection)))

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a unit in one transaction; returns only after its commit is on disk."""
        return await self._engine.write(lambda connection: unit(SqlUnitOfWork(connection)))
