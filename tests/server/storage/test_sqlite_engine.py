"""SQLite as an engine: reads beside writes, waits that end, and processes that die."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.server.storage.test_sqlite_writer import gathering
from tests.services.processes import Process, Processes
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.schema import audit, status_lists
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.statements import Connection

pytestmark = pytest.mark.anyio

COUNT = select(func.count()).select_from(status_lists)

# Of 5,000 each; about 32 is what is seen, and a machine that is busy elsewhere may let one of them sleep for a while.
MOST_IN_A_ROW = 1000

WRITER = """
import asyncio, sys
from pathlib import Path
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.storage.audit import SqlAudit
from tokensmith.server.storage.sqlite_engine import SqliteEngine

async def main(path, name, units, go):
    engine = SqliteEngine(Path(path))
    await engine.start()
    print("ready", flush=True)
    while not Path(go).exists():
        await asyncio.sleep(0.001)
    numbers = iter(range(int(units)))
    async def write():
        for number in numbers:
            event = AuditEvent(name=AuditName.REFRESHED, source=name, details={"number": str(number)})
            await engine.write(lambda connection: SqlAudit(connection).record(event))
            print(number, flush=True)
    await asyncio.gather(*(write() for _ in range(16)))
    await engine.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def engine(sqlite_path: Path, anyio_backend: str) -> AsyncIterator[SqliteEngine]:
    made = SqliteEngine(sqlite_path, busy_seconds=0.05, wait_seconds=0.2, max_waiting=3)
    await made.start()
    yield made
    await made.close()


async def add(connection: Connection, number: int) -> int:
    return await connection.change(status_lists.insert(), id=number, version=1)


async def test_a_read_is_one_snapshot(engine: SqliteEngine, sqlite_path: Path) -> None:
    """What another process commits between two of its statements is seen by the next read only."""

    async def count_twice(connection: Connection) -> tuple[object, object]:
        before = await connection.row(COUNT)
        with contextlib.closing(sqlite3.connect(sqlite_path)) as other, other:
            other.execute("INSERT INTO status_lists VALUES (1, 1)")
        return before, await connection.row(COUNT)

    assert await engine.read(count_twice) == ((0,), (0,))
    assert await engine.read(lambda connection: connection.row(COUNT)) == (1,)


async def test_a_read_waits_for_no_writer(engine: SqliteEngine, sqlite_path: Path) -> None:
    """Write-ahead logging: while somebody writes, what was committed can be read."""
    with contextlib.closing(sqlite3.connect(sqlite_path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO status_lists VALUES (1, 1)")

        assert await engine.read(lambda connection: connection.row(COUNT)) == (0,)


async def test_a_read_that_fails_leaves_nothing_open(engine: SqliteEngine, sqlite_path: Path) -> None:
    """Its exception comes out; its snapshot does not keep the log from being emptied."""

    async def fail(connection: Connection) -> None:
        await connection.row(COUNT)
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await engine.read(fail)
    with contextlib.closing(sqlite3.connect(sqlite_path)) as other, other:
        other.execute("INSERT INTO status_lists VALUES (1, 1)")

    assert await engine.read(lambda connection: connection.row(COUNT)) == (1,)


async def test_a_mistake_in_a_read_is_no_outage(engine: SqliteEngine) -> None:
    """It comes out as what it is."""
    with pytest.raises(sqlite3.ProgrammingError):
        await engine.read(lambda connection: connection.rows(text("SELECT :missing")))


@contextlib.contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """Take the database away for a while."""
    aside = path.rename(path.with_name("aside.db"))
    try:
        yield
    finally:
        aside.rename(path)


async def test_a_read_of_a_lost_database_is_unavailable_until_it_is_back(sqlite_path: Path) -> None:
    """The connection is opened anew, so that nothing has to be restarted."""
    engine = SqliteEngine(sqlite_path)
    await engine.start()
    engine._disconnect_reader()
    with moved_away(sqlite_path), pytest.raises(UnavailableError) as refused:
        await engine.read(lambda connection: connection.row(COUNT))

    assert refused.value.code == "database_unavailable"
    assert await engine.read(lambda connection: connection.row(COUNT)) == (0,)
    await engine.close()


async def test_who_waits_too_long_is_told_and_not_served_later(engine: SqliteEngine, sqlite_path: Path) -> None:
    """A process that was stopped in its turn must not keep everybody waiting for ever."""
    with gathering(sqlite_path), pytest.raises(UnavailableError) as refused:
        await engine.write(lambda connection: add(connection, 1))
    await engine.write(lambda connection: add(connection, 2))

    assert refused.value.code == "database_busy"
    assert await engine.read(lambda connection: connection.rows(select(status_lists.c.id))) == [(2,)]


async def test_a_unit_that_has_begun_is_waited_for(engine: SqliteEngine) -> None:
    """However long it takes: its outcome is known in the end, and "too busy" would say that nothing was written."""

    async def take_long(connection: Connection) -> str:
        await add(connection, 1)
        time.sleep(0.4)  # noqa: ASYNC251 - on the writer's thread, longer than a unit may wait for its turn
        return "done"

    assert await engine.write(take_long) == "done"


async def test_more_than_the_queue_holds_are_told_at_once(engine: SqliteEngine, sqlite_path: Path) -> None:
    """Three may wait, besides the one whose turn it is; the last of ten hears it before anybody's time is over."""
    with gathering(sqlite_path):
        tasks = [
            asyncio.create_task(engine.write(lambda connection, number=number: add(connection, number)))
            for number in range(10)
        ]
        await asyncio.sleep(0)
        told = tasks[-1].done()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert told
    assert results.count(1) in {3, 4}
    assert {getattr(result, "code", 1) for result in results} == {1, "database_busy"}


async def test_a_cancelled_write_that_has_not_begun_never_does(engine: SqliteEngine, sqlite_path: Path) -> None:
    """A client that hung up while it waited for its turn."""
    with gathering(sqlite_path):
        task = asyncio.create_task(engine.write(lambda connection: add(connection, 1)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await engine.write(lambda connection: add(connection, 2))

    assert await engine.read(lambda connection: connection.rows(select(status_lists.c.id))) == [(2,)]


async def test_before_its_start_and_after_its_end_it_is_unavailable(sqlite_path: Path) -> None:
    """Also closing twice is nothing."""
    engine = SqliteEngine(sqlite_path)
    for _ in range(2):
        for work in (engine.read, engine.write):
            with pytest.raises(UnavailableError):
                await work(lambda connection: connection.row(COUNT))
        await engine.start()
        await engine.close()
    await engine.close()


async def test_a_start_without_a_database_is_unavailable(tmp_path: Path) -> None:
    """No file is made by it."""
    with pytest.raises(UnavailableError):
        await SqliteEngine(tmp_path / "none.db").start()

    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a folder is looked into once, and nothing waits for it


def answered(process: Process) -> set[int]:
    """The numbers of the writes a process was told are committed; a last line cut short does not count."""
    lines = process.output().splitlines(keepends=True)
    return {int(line) for line in lines if line.endswith("\n") and line != "ready\n"}


def test_a_killed_process_leaves_every_answered_write(sqlite_path: Path, processes: Processes) -> None:
    """Kill -9 in the middle, five times: the database is whole, and what was answered is in it."""
    told: dict[str, set[int]] = {}
    for turn in range(5):
        process = processes.start(sys.executable, "-c", WRITER, sqlite_path, str(turn), "1000000", sqlite_path)
        while len(answered(process)) < 200 * (turn + 1):
            assert process.poll() is None, process.output()
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        told[str(turn)] = answered(process)
    with contextlib.closing(sqlite3.connect(sqlite_path)) as raw:
        found = raw.execute("SELECT source, json_extract(details, '$.number') FROM audit").fetchall()
        whole = raw.execute("PRAGMA integrity_check").fetchone()

    written = {(source, int(number)) for source, number in found}
    assert whole == ("ok",)
    assert {(turn, number) for turn, numbers in told.items() for number in numbers} <= written


def test_two_processes_at_one_file_write_all_and_take_turns(
    sqlite_path: Path, tmp_path: Path, processes: Processes
) -> None:
    """Full load from both. While both are at it, neither is passed over for more than a few groups: nobody starves."""
    units, names, go = 5000, ("one", "two"), tmp_path / "go"
    writers = [processes.start(sys.executable, "-c", WRITER, sqlite_path, name, str(units), go) for name in names]
    while not all("ready" in writer.output() for writer in writers):
        time.sleep(0.005)
    go.touch()
    for writer in writers:
        assert writer.wait(120) == 0, writer.output()
    with contextlib.closing(sqlite3.connect(sqlite_path)) as raw:
        order = [row[0] for row in raw.execute(str(select(audit.c.source).order_by(audit.c.number)))]

    assert sorted(order) == sorted(names * units)
    both_began = max(order.index(name) for name in names)
    one_ended = min(len(order) - order[::-1].index(name) for name in names)
    contested = order[both_began:one_ended]
    assert len(contested) > units // 2
    assert longest_run(contested) <= MOST_IN_A_ROW, longest_run(contested)


def longest_run(order: list[str]) -> int:
    """How many entries of one name stand in a row at most."""
    longest = run = 0
    for previous, name in zip([None, *order], order, strict=False):
        run = run + 1 if name == previous else 1
        longest = max(longest, run)
    return longest
