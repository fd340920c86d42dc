"""What the store asks of a database; SQLite and PostgreSQL are the two that answer."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tokensmith.server.storage.statements import Connection

T = TypeVar("T")


class Engine(Protocol):
    """A database that runs work on a connection."""

    async def start(self) -> None:
        """Open it.

        Raises:
            UnavailableError: it cannot be reached.
        """

    async def close(self) -> None:
        """Finish what is being done, then close it; starting it again is allowed."""

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work*, which changes nothing, on one snapshot.

        Raises:
            UnavailableError: the database cannot be reached.
        """

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* in one transaction; returns after its commit.

        Raises:
            UnavailableError: the database cannot be reached, or did not say whether it committed.
        """
