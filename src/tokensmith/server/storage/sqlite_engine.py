"""SQLite as an engine: one writer thread, and one connection that reads on the event loop's own thread.

Reading takes tens of microseconds from pages that are in memory, less than handing it to another thread would. A read
runs between two awaits of the loop, so one connection is enough; its transaction is a snapshot that no writer disturbs.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.server.storage.sqlite_connection import (
    BUSY_SECONDS,
    NOW_SQL,
    SqliteConnection,
    compiler,
    connect,
    is_trouble,
    unavailable,
)
from tokensmith.server.storage.sqlite_writer import Job, SqliteWriter, too_busy
from tokensmith.server.storage.statements import Connection

T = TypeVar("T")

# How long a unit may wait for its turn, and how many may; beyond that the caller is told to come again.
WAIT_SECONDS: Final = 10.0
MAX_WAITING: Final = 5_000


class SqliteEngine:
    """Satisfies `Engine`, in one event loop. Make it in the process that uses it: no connection survives a fork."""

    def __init__(
        self,
        path: Path,
        *,
        now_sql: str = NOW_SQL,
        busy_seconds: float = BUSY_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._path = path
        self._statements = compiler(now_sql=now_sql)
        self._busy_seconds = busy_seconds
        self._wait_seconds = wait_seconds
        self._max_waiting = max_waiting
        self._writer: SqliteWriter | None = None
        self._reader: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Open the database."""
        try:
            self._connected_reader()
        except sqlite3.Error as error:
            raise unavailable(error) from error
        self._writer = SqliteWriter(self._path, self._statements, busy_seconds=self._busy_seconds)
        self._writer.start()

    async def close(self) -> None:
        """Finish what is being written, then let go of the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await asyncio.to_thread(writer.close)
        self._disconnect_reader()

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* on a snapshot."""
        if self._writer is None:
            raise _closed()
        try:
            return self._read(work)
        except sqlite3.Error as error:
            if not is_trouble(error):
                raise
            self._disconnect_reader()
            raise unavailable(error) from error

    def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        raw = self._connected_reader()
        raw.execute("BEGIN")
        try:
            return run_blocking(_awaited(work(SqliteConnection(raw, self._statements))))
        finally:
            # Nothing was written, so nothing is lost by taking it back; and this works after every kind of failure.
            if raw.in_transaction:
                raw.execute("ROLLBACK")

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* in a transaction and return when it is on disk."""
        if self._writer is None:
            raise _closed()
        if self._writer.waiting >= self._max_waiting:
            raise too_busy(f"{self._max_waiting} units are waiting")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        job = Job(work, answer)
        self._writer.submit(job)
        timer = loop.call_later(self._wait_seconds, self._give_up, job)
        try:
            return await answer
        except asyncio.CancelledError:
            job.claim()  # if it has not begun, it never will
            raise
        finally:
            timer.cancel()

    def _give_up(self, job: Job) -> None:
        if job.claim():
            job.answer.set_exception(too_busy(f"no turn within {self._wait_seconds} s"))

    def _connected_reader(self) -> sqlite3.Connection:
        if self._reader is None:
            self._reader = connect(self._path, busy_seconds=self._busy_seconds)
            self._reader.execute("PRAGMA query_only=ON")
        return self._reader

    def _disconnect_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def _closed() -> Exception:
    return unavailable(sqlite3.ProgrammingError("the store is not started, or closed"))
