"""Many units, one commit: what a group does for its members and what it never does to them."""

import asyncio
import contextlib
import resource
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.file_lock import FileLock
from tokensmith.server.storage.schema import status_lists
from tokensmith.server.storage.sqlite_connection import compiler
from tokensmith.server.storage.sqlite_writer import GROUP_UNITS, Job, SqliteWriter, Work
from tokensmith.server.storage.statements import Connection

pytestmark = pytest.mark.anyio

INSERT = status_lists.insert()


@pytest.fixture
async def writer(sqlite_path: Path, anyio_backend: str) -> AsyncIterator[SqliteWriter]:
    """A running writer that does not wait long for strangers; its groups end by their size, however slow it is."""
    made = SqliteWriter(sqlite_path, compiler(), busy_seconds=0.05, group_seconds=60)
    made.start()
    yield made
    await asyncio.to_thread(made.close)


@contextlib.contextmanager
def gathering(path: Path) -> Iterator[None]:
    """Keep the turn to write, so that what is submitted meanwhile becomes one group."""
    lock = FileLock(path.with_name(path.name + ".lock"))
    with lock.held():
        yield
    lock.close()


def submit(writer: SqliteWriter, work: Work) -> asyncio.Future[Any]:
    """Hand in a job."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    writer.submit(Job(work, answer))
    return answer


def add(number: int) -> Work:
    return lambda connection: connection.change(INSERT, id=number, version=1)


def stored(path: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        return [row[0] for row in raw.execute("SELECT id FROM status_lists ORDER BY id")]


def commits(path: Path) -> int:
    """How many transactions the write-ahead log holds: one frame of each says how large the database was after it."""
    log = path.with_name(path.name + "-wal").read_bytes()
    page_size = int.from_bytes(log[8:12], "big")
    frames = range(32, len(log), 24 + page_size)
    return sum(1 for at in frames if int.from_bytes(log[at + 4 : at + 8], "big"))


async def test_what_gathers_is_one_commit(writer: SqliteWriter, sqlite_path: Path) -> None:
    """A commit costs a write to the disk, and eight that came together cost one."""
    await submit(writer, add(100))
    before = commits(sqlite_path)
    with gathering(sqlite_path):
        answers = [submit(writer, add(number)) for number in range(8)]
    await asyncio.gather(*answers)

    assert commits(sqlite_path) == before + 1
    assert stored(sqlite_path) == [*range(8), 100]


async def test_a_group_is_bounded(writer: SqliteWriter, sqlite_path: Path) -> None:
    """Other processes at the file get their turn, however long the queue is."""
    await submit(writer, add(0))
    before = commits(sqlite_path)
    with gathering(sqlite_path):
        answers = [submit(writer, add(number)) for number in range(1, 2 * GROUP_UNITS + 2)]
    await asyncio.gather(*answers)

    assert commits(sqlite_path) >= before + 3


async def test_a_group_ends_when_its_time_is_over(sqlite_path: Path, anyio_backend: str) -> None:
    """A slow unit keeps nobody who came after it from being answered: what is done by then is committed."""
    writer = SqliteWriter(sqlite_path, compiler(), group_seconds=0)
    writer.start()
    await submit(writer, add(0))
    before = commits(sqlite_path)
    with gathering(sqlite_path):
        answers = [submit(writer, add(number)) for number in (1, 2, 3)]
    await asyncio.gather(*answers)

    assert commits(sqlite_path) == before + 3
    await asyncio.to_thread(writer.close)


async def test_a_unit_that_fails_takes_back_its_own_and_no_more(writer: SqliteWriter, sqlite_path: Path) -> None:
    """Each runs in a savepoint; its neighbours never hear of it."""

    async def fail(connection: Connection) -> None:
        await connection.change(INSERT, id=50, version=1)
        raise LookupError("mine")

    async def break_a_constraint(connection: Connection) -> None:
        await connection.change(INSERT, id=51, version=1)
        await connection.change(INSERT, id=1, version=1)

    with gathering(sqlite_path):
        answers = [submit(writer, work) for work in (add(1), fail, break_a_constraint, add(2))]
    results = await asyncio.gather(*answers, return_exceptions=True)

    assert [type(result) for result in results] == [int, LookupError, sqlite3.IntegrityError, int]
    assert stored(sqlite_path) == [1, 2]


async def test_nobody_is_answered_before_the_commit(writer: SqliteWriter, sqlite_path: Path) -> None:
    """While the second unit of a group still runs, the first has no answer and nobody else sees its row."""
    began, go = threading.Event(), threading.Event()

    async def wait(connection: Connection) -> None:
        began.set()
        go.wait(30)

    with gathering(sqlite_path):
        first, second = submit(writer, add(1)), submit(writer, wait)
    await asyncio.to_thread(began.wait, 30)
    seen = stored(sqlite_path)
    answered = first.done()
    go.set()
    await asyncio.gather(first, second)

    assert (seen, answered) == ([], False)
    assert stored(sqlite_path) == [1]


@contextlib.contextmanager
def full_disk(path: Path, *, room: int) -> Iterator[None]:
    """Let no file grow beyond the write-ahead log's present size and a little room: real errors from the kernel."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(path.name + "-wal").stat().st_size + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_commit_that_fails_answers_nobody_with_success(writer: SqliteWriter, sqlite_path: Path) -> None:
    """Both units had succeeded when the disk had no room for their commit; then there is room again."""
    await submit(writer, add(0))
    with full_disk(sqlite_path, room=0):
        with gathering(sqlite_path):
            answers = [submit(writer, add(number)) for number in (1, 2)]
        results = await asyncio.gather(*answers, return_exceptions=True)

    assert [type(result) for result in results] == [UnavailableError] * 2
    assert isinstance(results[0], UnavailableError)
    assert results[0].code == "database_unavailable"
    assert stored(sqlite_path) == [0]
    assert await submit(writer, add(3)) == 1
    assert stored(sqlite_path) == [0, 3]


async def test_a_group_that_sqlite_gives_up_is_lost_for_all_of_it(writer: SqliteWriter, sqlite_path: Path) -> None:
    """A full disk in the middle makes SQLite roll everything back, also what units before have been told they have."""
    await submit(writer, add(0))
    # Beyond the page cache, SQLite writes to the log before the commit.
    large = text("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n LIMIT 900000)"
                 " INSERT INTO status_lists SELECT i, 1 FROM n")  # fmt: skip

    async def fill_the_disk(connection: Connection) -> int:
        return await connection.change(large)

    with full_disk(sqlite_path, room=200_000):
        with gathering(sqlite_path):
            answers = [submit(writer, work) for work in (add(1), fill_the_disk, add(2))]
        results = await asyncio.gather(*answers, return_exceptions=True)

    assert [type(result) for result in results[:2]] == [UnavailableError] * 2
    assert all("disk" in getattr(result, "detail", "") for result in results[:2])  # the cause, not its consequences
    assert stored(sqlite_path) == ([0, 2] if results[2] == 1 else [0])
    assert await submit(writer, add(3)) == 1


async def test_a_stranger_who_holds_the_database_is_waited_for_and_then_said(
    writer: SqliteWriter, sqlite_path: Path
) -> None:
    """A backup, or somebody's shell. Everybody who waits hears of it at once; afterwards it goes on by itself."""
    with contextlib.closing(sqlite3.connect(sqlite_path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        answers = [submit(writer, add(number)) for number in range(3)]
        results = await asyncio.gather(*answers, return_exceptions=True)
        stranger.execute("ROLLBACK")

    assert [getattr(result, "code", None) for result in results] == ["database_unavailable"] * 3
    assert await submit(writer, add(7)) == 1
    assert stored(sqlite_path) == [7]


async def test_a_unit_that_waits_for_a_loop_is_a_mistake(writer: SqliteWriter, sqlite_path: Path) -> None:
    """It would hold the transaction while something slow goes on (and here nothing would ever wake it)."""

    async def sleep(connection: Connection) -> None:
        await connection.change(INSERT, id=1, version=1)
        await asyncio.sleep(0.001)

    with pytest.raises(RuntimeError, match="event loop"):
        await submit(writer, sleep)

    assert stored(sqlite_path) == []


async def test_a_job_that_was_given_up_is_not_run(writer: SqliteWriter, sqlite_path: Path) -> None:
    """Whoever was told "too busy" must not find it done after all."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    job = Job(add(1), answer)
    with gathering(sqlite_path):
        writer.submit(job)
        assert job.claim()
        assert not job.claim()
    await submit(writer, add(2))

    assert stored(sqlite_path) == [2]
    assert not answer.done()


async def test_an_answer_nobody_waits_for_is_dropped(writer: SqliteWriter, sqlite_path: Path) -> None:
    """A client that hung up; what it asked for is done all the same."""
    with gathering(sqlite_path):
        answer = submit(writer, add(1))
        neighbour = submit(writer, add(2))
        answer.cancel()
    await neighbour

    assert stored(sqlite_path) == [1, 2]


def test_a_loop_that_is_gone_does_not_stop_the_writer(sqlite_path: Path) -> None:
    """Two event loops, one after the other, as in a test or a tool; the first is closed with a job on its way."""
    writer = SqliteWriter(sqlite_path, compiler())
    with gathering(sqlite_path):
        writer.start()
        asyncio.run(_submit_and_leave(writer))

    async def later() -> object:
        return await submit(writer, add(2))

    assert asyncio.run(later()) == 1
    writer.close()
    assert stored(sqlite_path) == [1, 2]


async def _submit_and_leave(writer: SqliteWriter) -> None:
    submit(writer, add(1))


async def test_closing_finishes_what_was_submitted(sqlite_path: Path) -> None:
    """Also what is in the queue behind the end."""
    writer = SqliteWriter(sqlite_path, compiler())
    writer.start()
    with gathering(sqlite_path):
        answers = [submit(writer, add(number)) for number in range(5)]
        closing = asyncio.create_task(asyncio.to_thread(writer.close))
        await asyncio.sleep(0)
    await asyncio.gather(*answers)
    await closing

    assert stored(sqlite_path) == [0, 1, 2, 3, 4]
    assert not sqlite_path.with_name(sqlite_path.name + "-wal").exists()


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    """The lock cannot be made there."""
    writer = SqliteWriter(tmp_path / "none" / "x.db", compiler())
    writer.start()
    with pytest.raises(UnavailableError):
        await submit(writer, lambda connection: connection.rows(select(status_lists)))
    await asyncio.to_thread(writer.close)
