"""The one thread that writes to SQLite, in groups: many units of work, one commit (decisions 4 and 12).

A commit costs a write to the disk and a unit of work costs microseconds, so while one group is being committed the next
one gathers. Each unit runs in a savepoint of the group's transaction: if it fails, only its own changes are taken back.
Nobody is answered before the group's commit has returned, and if that fails, everybody in the group hears of it.

A group is bounded in units and in time, so that other processes at the same file get their turn.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.database_url import SqliteUrl
from tokensmith.server.storage.file_lock import FileLock
from tokensmith.server.storage.sqlite_connection import BUSY_SECONDS, SqliteConnection, connect, is_trouble, unavailable
from tokensmith.server.storage.statements import Compiler, Connection

GROUP_UNITS: Final = 128
GROUP_SECONDS: Final = 0.01

Work = Callable[[Connection], Awaitable[Any]]


@dataclass(slots=True, eq=False)
class Job:
    """A unit of work on its way.

    Whoever gets the claim decides: the writer, who runs it, or its owner, who stops waiting before it has begun.
    """

    work: Work
    answer: asyncio.Future[Any]
    _claim: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """Take the job, for running it or for giving it up; True for the first who asks."""
        return self._claim.acquire(blocking=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: Job
    result: object = None
    error: Exception | None = None


class _GroupLostError(Exception):
    """SQLite has rolled the whole transaction back by itself; the cause says why."""


class SqliteWriter:
    """Runs jobs on its thread, from `start` to `close`."""

    def __init__(
        self,
        path: Path,
        statements: Compiler,
        *,
        busy_seconds: float = BUSY_SECONDS,
        group_seconds: float = GROUP_SECONDS,
    ) -> None:
        self._path = path
        self._statements = statements
        self._busy_seconds = busy_seconds
        self._group_seconds = group_seconds
        self._lock = FileLock(SqliteUrl(path).lock_path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._raw: sqlite3.Connection | None = None

    def start(self) -> None:
        """Begin; the connection is opened on the thread, at the first job."""
        self._thread.start()

    def close(self) -> None:
        """Finish what was submitted, then end the thread. Blocks."""
        self._jobs.put(None)
        self._thread.join()

    def submit(self, job: Job) -> None:
        """Put a job at the end of the queue."""
        self._jobs.put(job)

    @property
    def waiting(self) -> int:
        """How many jobs are in the queue."""
        return self._jobs.qsize()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            _answer(self._run_group(job))
        self._disconnect()
        self._lock.close()

    def _run_group(self, first: Job) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        try:
            with self._lock.held():
                raw = self._begin()
                self._fill(raw, first, outcomes)
                raw.execute("COMMIT")
        except (sqlite3.Error, OSError, _GroupLostError) as error:
            self._disconnect()
            cause = unavailable(error.__cause__ or error)
            jobs = [outcome.job for outcome in outcomes] or self._drain(first)
            return [_Outcome(job, error=cause) for job in jobs]
        return outcomes

    def _begin(self) -> sqlite3.Connection:
        if self._raw is None:
            self._raw = connect(self._path, busy_seconds=self._busy_seconds)
        self._raw.execute("BEGIN IMMEDIATE")
        return self._raw

    def _fill(self, raw: sqlite3.Connection, first: Job, outcomes: list[_Outcome]) -> None:
        connection = SqliteConnection(raw, self._statements)
        ends_at = time.monotonic() + self._group_seconds
        job: Job | None = first
        while job is not None:
            if job.claim():
                # In the list before it runs: if the group is lost under it, it is among those who hear of it.
                outcomes.append(_Outcome(job))
                outcomes[-1] = _run_unit(raw, connection, job)
            full = len(outcomes) >= GROUP_UNITS or time.monotonic() >= ends_at
            job = None if full else self._next()

    def _next(self) -> Job | None:
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if job is None:
            self._jobs.put(None)  # the end comes after this group
        return job

    def _drain(self, first: Job) -> list[Job]:
        # The database is gone for everybody who waits, so nobody is kept waiting to find out by themselves.
        jobs: list[Job | None] = [first]
        while (job := self._next()) is not None:
            jobs.append(job)
        return [job for job in jobs if job is not None and job.claim()]

    def _disconnect(self) -> None:
        # Closing takes back whatever was not committed, also where a ROLLBACK would fail like the statement before it.
        if self._raw is not None:
            self._raw.close()
            self._raw = None


def _run_unit(raw: sqlite3.Connection, connection: Connection, job: Job) -> _Outcome:
    raw.execute("SAVEPOINT unit")
    try:
        result = run_blocking(_awaited(job.work(connection)))
    except Exception as error:
        # Full disks and failing ones make SQLite roll back the transaction, and with it what others were told to have.
        if not raw.in_transaction:
            raise _GroupLostError from error
        raw.execute("ROLLBACK TO unit")
        raw.execute("RELEASE unit")
        return _Outcome(job, error=unavailable(error) if is_trouble(error) else error)
    raw.execute("RELEASE unit")
    return _Outcome(job, result=result)


async def _awaited(work: Awaitable[object]) -> object:
    return await work


def _answer(outcomes: list[_Outcome]) -> None:
    for loop in {outcome.job.answer.get_loop() for outcome in outcomes}:
        # A loop that was closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_set, [each for each in outcomes if each.job.answer.get_loop() is loop])


def _set(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        if outcome.job.answer.done():
            continue
        if outcome.error is not None:
            outcome.job.answer.set_exception(outcome.error)
        else:
            outcome.job.answer.set_result(outcome.result)


def too_busy(detail: str) -> UnavailableError:
    """Say that the database is there and has no time."""
    return UnavailableError("The database is too busy.", code="database_busy", detail=detail)
