"""PostgreSQL as an engine: sessions that are lost, and transactions that are repeated."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import bindparam, select, text, update

from tests.services.postgres import (
    PostgresServer,
)
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.postgresql_engine import MAX_ATTEMPTS, PostgresEngine
from tokensmith.server.storage.schema import status_lists
from tokensmith.server.storage.statements import NOW_MS, Connection

pytestmark = pytest.mark.anyio

IDS = select(status_lists.c.id).order_by(status_lists.c.id)
RENEW = update(status_lists).where(status_lists.c.id == bindparam("list_id")).values(version=status_lists.c.version + 1)
OUR_PID = text("SELECT pg_backend_pid()")
COUNT_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
CUT_OTHERS_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


async def ids(connection: Connection) -> list[int]:
    return [row[0] for row in await connection.rows(IDS)]


async def add(connection: Connection, number: int) -> int:
    return await connection.change(status_lists.insert(), id=number, version=1)


def cut_off(url: str, pid: int | None = None) -> None:
    """End the sessions of everybody else at the database, or one of them, and wait until they are gone."""
    with psycopg.connect(url, autocommit=True) as raw:
        if pid is not None:
            raw.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            return
        raw.execute(CUT_OTHERS_OFF)
        while raw.execute(COUNT_SESSIONS).fetchone() != (1,):
            time.sleep(0.005)


@pytest.fixture
async def engine(migrated_postgres_url: str, anyio_backend: str) -> AsyncIterator[PostgresEngine]:
    made = PostgresEngine(migrated_postgres_url, pool_size=4)
    await made.start()
    yield made
    await made.close()


async def started(url: str, **options: object) -> PostgresEngine:
    engine = PostgresEngine(url, **options)  # type: ignore[arg-type]
    await engine.start()
    return engine


async def test_the_present_is_the_servers_in_milliseconds(engine: PostgresEngine) -> None:
    """And stands still within a statement, so that an index can be used with it."""
    before = time.time_ns() // 1_000_000
    now_ms, again = (await engine.read(lambda connection: connection.rows(select(NOW_MS, NOW_MS))))[0]

    assert before - 1000 <= now_ms <= time.time_ns() // 1_000_000 + 1000
    assert now_ms == again


async def test_a_write_is_there_when_it_returns(engine: PostgresEngine, migrated_postgres_url: str) -> None:
    """For every other connection."""
    await engine.write(lambda connection: add(connection, 1))

    with psycopg.connect(migrated_postgres_url) as raw:
        assert raw.execute("SELECT id FROM status_lists").fetchall() == [(1,)]


async def test_a_read_that_tries_to_write_is_a_mistake(engine: PostgresEngine) -> None:
    """It has no transaction that would take it back."""
    with pytest.raises(RuntimeError, match="tried to write"):
        await engine.read(lambda connection: add(connection, 1))

    assert await engine.read(ids) == []


async def test_a_deadlock_is_repeated_and_both_get_through(migrated_postgres_url: str) -> None:
    """Two units that lock two rows the other way round: the server ends one of them, and that one begins anew."""
    engine = await started(f"{migrated_postgres_url}?options=-c%20deadlock_timeout%3D50ms")
    meet = asyncio.Barrier(2)
    runs = 0

    async def renew(connection: Connection, order: tuple[int, int]) -> None:
        nonlocal runs
        runs += 1
        await connection.change(RENEW, list_id=order[0])
        if runs <= 2:
            await meet.wait()
        await connection.change(RENEW, list_id=order[1])

    for number in (1, 2):
        await engine.write(lambda connection, number=number: add(connection, number))
    await asyncio.gather(
        engine.write(lambda connection: renew(connection, (1, 2))),
        engine.write(lambda connection: renew(connection, (2, 1))),
    )
    versions = await engine.read(lambda connection: connection.rows(select(status_lists.c.version)))
    await engine.close()

    assert versions == [(3,), (3,)]
    assert runs == 3


async def test_repeating_has_an_end(engine: PostgresEngine) -> None:
    """A unit that fails every time, by a real error of the server, is given up; nothing of it is left."""
    runs = 0

    async def fail(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        await add(connection, 1)
        await connection.rows(text("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(UnavailableError) as refused:
        await engine.write(fail)

    assert refused.value.code == "database_busy"
    assert runs == MAX_ATTEMPTS
    assert await engine.read(ids) == []


async def test_dead_connections_are_replaced_before_anybody_gets_one(
    engine: PostgresEngine, migrated_postgres_url: str
) -> None:
    """A restarted server, or a firewall: the next units notice nothing."""
    cut_off(migrated_postgres_url)

    await asyncio.gather(*(engine.write(lambda connection, n=number: add(connection, n)) for number in range(8)))
    assert await engine.read(ids) == list(range(8))


async def test_one_that_dies_as_it_is_lent_is_replaced_too(
    engine: PostgresEngine, migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked at a moment too early; nothing of the unit has run by then."""

    async def see_nothing(raw: object) -> None: ...

    monkeypatch.setattr(engine._pool, "_check", see_nothing)
    cut_off(migrated_postgres_url)

    await asyncio.gather(*(engine.write(lambda connection, n=number: add(connection, n)) for number in range(8)))
    assert await engine.read(ids) == list(range(8))


async def test_a_connection_lost_in_a_transaction_is_an_outage_and_leaves_nothing(
    engine: PostgresEngine, migrated_postgres_url: str
) -> None:
    """The unit is not repeated behind the caller's back; the next one goes on."""

    async def lose(connection: Connection) -> None:
        await add(connection, 1)
        (row,) = await connection.rows(OUR_PID)
        await asyncio.to_thread(cut_off, migrated_postgres_url, row[0])
        await add(connection, 2)

    with pytest.raises(UnavailableError) as refused:
        await engine.write(lose)

    assert refused.value.code == "database_unavailable"
    await engine.write(lambda connection: add(connection, 3))
    assert await engine.read(ids) == [3]


async def test_a_commit_without_an_answer_is_no_success(engine: PostgresEngine, migrated_postgres_url: str) -> None:
    """Whether it was written nobody knows; the caller is told to try again, which the refresh rules make harmless."""

    async def lose_at_the_end(connection: Connection) -> str:
        await add(connection, 1)
        (row,) = await connection.rows(OUR_PID)
        await asyncio.to_thread(cut_off, migrated_postgres_url, row[0])
        return "success"

    with pytest.raises(UnavailableError):
        await engine.write(lose_at_the_end)


async def test_a_statement_that_takes_too_long_is_ended(migrated_postgres_url: str) -> None:
    """The URL's own options stand before ours."""
    engine = await started(f"{migrated_postgres_url}?options=-c%20statement_timeout%3D50ms", pool_size=1)
    with pytest.raises(UnavailableError) as refused:
        await engine.read(lambda connection: connection.rows(text("SELECT pg_sleep(30)")))
    await engine.close()

    assert refused.value.code == "database_unavailable"
    assert "QueryCanceled" in refused.value.detail


async def test_statements_and_locks_are_bounded_unless_told_otherwise(engine: PostgresEngine) -> None:
    """A table that somebody holds must not hold the server."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
    show = [await engine.read(lambda connection, name=name: connection.rows(text(f"SHOW {name}"))) for name in names]

    assert [rows[0][0] for rows in show] == ["10s", "5s", "30s", "tokensmith"]


async def test_who_gets_no_connection_in_time_is_told(migrated_postgres_url: str) -> None:
    """One connection, one in the queue: the second waits in vain, the third is told at once."""
    engine = await started(migrated_postgres_url, pool_size=1, wait_seconds=0.2, max_waiting=1)
    began, go = asyncio.Event(), asyncio.Event()

    async def hold(connection: Connection) -> None:
        await connection.rows(OUR_PID)
        began.set()
        await go.wait()

    holder = asyncio.create_task(engine.write(hold))
    await began.wait()
    second, third = (asyncio.create_task(engine.read(ids)) for _ in range(2))
    results = await asyncio.gather(second, third, return_exceptions=True)
    go.set()
    await holder
    await engine.close()

    assert [type(result) for result in results] == [UnavailableError] * 2
    details = [getattr(result, "detail", "") for result in results]
    assert details[0].startswith("PoolTimeout")
    assert details[1].startswith("TooManyRequests")


async def test_a_server_degraded_to_a_standby_is_left_for_the_new_primary(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """It refuses writes and stays connected: such a connection is closed, so that the next one asks again who leads."""
    migrate(postgres_url)
    name = postgres_url.rsplit("/", 1)[1]

    def set_read_only(value: str) -> None:
        with psycopg.connect(postgres_server.url(), autocommit=True) as raw:
            raw.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {value}".encode())

    set_read_only("on")
    engine = await started(postgres_url, pool_size=1)
    set_read_only("off")
    with pytest.raises(UnavailableError) as refused:
        await engine.write(lambda connection: add(connection, 1))

    assert "ReadOnlySqlTransaction" in refused.value.detail
    assert await engine.write(lambda connection: add(connection, 1)) == 1
    await engine.close()


async def test_before_its_start_and_after_its_end_it_is_unavailable(migrated_postgres_url: str) -> None:
    """It can be started again; closing twice is nothing."""
    engine = PostgresEngine(migrated_postgres_url, pool_size=1)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await engine.read(ids)
        with pytest.raises(UnavailableError):
            await engine.write(ids)
        await engine.start()
        assert await engine.write(ids) == []
        await engine.close()
    await engine.close()
