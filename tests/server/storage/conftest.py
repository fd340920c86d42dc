"""The three stores of the contract: in memory, SQLite, PostgreSQL; each with a clock that a test moves.

The two real ones are asked for the time as ever, but their answer is the one row of a table.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.server.fakes import InMemoryStore
from tests.server.storage.clocked import CLOCK_SQL, ClockedStore, PostgresClock, SqliteClock
from tests.server.storage.resealing import Sealed
from tests.services.postgres import PostgresServer
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.postgresql_engine import PostgresEngine
from tokensmith.server.storage.schema import metadata
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile
from tokensmith.server.storage.sqlite_engine import SqliteEngine

CREATE_CLOCK: Final = "CREATE TABLE test_clock (now_ms BIGINT)"
START_CLOCK: Final = "INSERT INTO test_clock VALUES (1800000000000)"
EMPTY: Final = "; ".join(
    f"DELETE FROM {table}" for table in ("test_clock", *(table.name for table in reversed(metadata.sorted_tables)))
).encode()

AnyStore = InMemoryStore | ClockedStore


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute(CREATE_CLOCK)
        raw.execute(START_CLOCK)
        raw.commit()
    return path


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    """A migrated SQLite database of this test's own."""
    return Path(shutil.copy(sqlite_template, tmp_path / "tokensmith.db"))


@pytest.fixture(scope="session")
def one_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database, which the tests empty for one another: making one takes a second."""
    name = postgres_server.create()
    url = postgres_server.url(name)
    migrate(url)
    with psycopg.connect(url) as raw:
        raw.execute(CREATE_CLOCK)
    yield url
    postgres_server.drop(name)


@pytest.fixture
def migrated_postgres_url(one_postgres_url: str) -> str:
    """A migrated PostgreSQL database with nothing in it."""
    with psycopg.connect(one_postgres_url) as raw:
        raw.execute(EMPTY)
        raw.execute(START_CLOCK)
    return one_postgres_url


@pytest.fixture
async def sqlite_store(sqlite_path: Path, anyio_backend: str) -> AsyncIterator[ClockedStore]:
    """A store on SQLite."""
    engine = SqliteEngine(sqlite_path, now_sql=CLOCK_SQL)
    store = ClockedStore(engine, GivenSealing(Sealing.generate()), SqliteClock(sqlite_path))
    await store.start()
    yield store
    await store.close()


@pytest.fixture
async def postgres_store(migrated_postgres_url: str, anyio_backend: str) -> AsyncIterator[ClockedStore]:
    """A store on PostgreSQL, with eight connections as in production."""
    engine = PostgresEngine(migrated_postgres_url, now_sql=CLOCK_SQL)
    store = ClockedStore(engine, GivenSealing(Sealing.generate()), PostgresClock(migrated_postgres_url))
    await store.start()
    yield store
    await store.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    """Each of the three in turn: what holds for one holds for all."""
    if request.param == "memory":
        return InMemoryStore()
    found: ClockedStore = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def real_store(request: pytest.FixtureRequest) -> ClockedStore:
    """The two with a database behind them, for races."""
    found: ClockedStore = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture(params=["file", "settings", "postgresql"])
async def sealed(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> Sealed:
    """SQLite with its file, SQLite with a key in the settings, PostgreSQL."""
    old, new = Sealing.generate(), Sealing.generate()
    file = None
    if request.param == "postgresql":
        url: str = request.getfixturevalue("migrated_postgres_url")
        engine: Callable[[], Engine] = lambda: PostgresEngine(url, pool_size=2)  # noqa: E731 - it goes on below
    else:
        path: Path = request.getfixturevalue("sqlite_path")
        url, engine = f"sqlite:///{path}", lambda: SqliteEngine(path)
        file = path.with_name(path.name + ".sealing-key") if request.param == "file" else None
    if file is not None:
        old = SealingFile(file).create()
    made = Sealed(url, engine, file, old, new)
    store = made.opened(GivenSealing(old))
    await store.start()
    assert len(await RotateKeys(store=store, sealers=store.sealing).ensure()) == 2
    await store.close()
    return made
