"""An engine under which a process dies at a chosen statement: pretended, or for real (SIGKILL)."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Executable

from tokensmith.server.storage.database_url import SqliteUrl, parse_database_url
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.postgresql_engine import PostgresEngine
from tokensmith.server.storage.reseal import reseal
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.statements import Connection, Row

T = TypeVar("T")


class DiedError(Exception):
    """The process is gone, as far as the database can tell."""


@dataclass
class Fate:
    """Strikes before the statement with the number *left*, counted over all transactions."""

    left: int
    strike: Callable[[], None]

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.strike()


@dataclass
class DyingConnection:
    """Satisfies `Connection`."""

    inner: Connection
    fate: Fate

    async def rows(self, statement: Executable, **values: object) -> list[Row]:
        self.fate.tick()
        return await self.inner.rows(statement, **values)

    async def row(self, statement: Executable, **values: object) -> Row | None:
        self.fate.tick()
        return await self.inner.row(statement, **values)

    async def change(self, statement: Executable, **values: object) -> int:
        self.fate.tick()
        return await self.inner.change(statement, **values)

    async def lock(self, name: str) -> None:
        self.fate.tick()
        await self.inner.lock(name)


@dataclass
class DyingEngine:
    """Satisfies `Engine`; what is written dies with the process, also between the last statement and the commit."""

    inner: Engine
    fate: Fate

    async def start(self) -> None:
        await self.inner.start()

    async def close(self) -> None:
        await self.inner.close()

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await self.inner.read(work)

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async def and_then_perhaps_die(connection: Connection) -> T:
            result = await work(DyingConnection(connection, self.fate))
            self.fate.tick()
            return result

        return await self.inner.write(and_then_perhaps_die)


def strike_in_process() -> None:
    """End the unit of work only."""
    raise DiedError


def strike_for_real() -> None:
    """End the process, with no time to tidy anything up."""
    os.kill(os.getpid(), signal.SIGKILL)


def reseal_and_die(url: str, keys: str, statement: int) -> None:
    """Reseal a database, and die at a statement; *keys* are keys or the file that they are in."""
    asyncio.run(_reseal_and_die(url, keys, statement))


async def _reseal_and_die(url: str, keys: str, statement: int) -> None:
    where = parse_database_url(url)
    engine = SqliteEngine(where.path) if isinstance(where, SqliteUrl) else PostgresEngine(where.url, pool_size=1)
    source = GivenSealing(Sealing.parse(keys)) if keys.startswith("tsk_") else SealingFile(Path(keys))
    dying = DyingEngine(engine, Fate(statement, strike_for_real))
    await dying.start()
    await reseal(dying, source)
    await dying.close()
