"""PostgreSQL as an engine, while its server goes away and comes back."""

import asyncio
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.services import machine
from tests.services.postgres import (
    PostgresServer,
    find_programs,
    make_cluster,
    make_folder,
    unprivileged_user,
    wait_until_ready,
)
from tests.services.processes import Process, free_port
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.postgresql_engine import RECONNECT_SECONDS, PostgresEngine
from tokensmith.server.storage.schema import status_lists
from tokensmith.server.storage.statements import Connection

pytestmark = pytest.mark.anyio

IDS = select(status_lists.c.id).order_by(status_lists.c.id)


async def ids(connection: Connection) -> list[int]:
    return [row[0] for row in await connection.rows(IDS)]


async def add(connection: Connection, number: int) -> int:
    return await connection.change(status_lists.insert(), id=number, version=1)


class OwnServer:
    """A PostgreSQL that a test may stop and start."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = unprivileged_user()
        self.folder = make_folder(self._user)
        self.server = PostgresServer(free_port())
        self._process: Process | None = None
        make_cluster(programs / "initdb", str(self.folder / "data"), user=self._user)

    def start(self) -> None:
        where = ["-p", str(self.server.port), "-c", "listen_addresses=127.0.0.1", "-k", str(self.folder)]
        command = [self._programs / "postgres", "-D", self.folder / "data", *where, "-c", "fsync=off"]
        self._process = Process(command, user=self._user, folder=self.folder)
        wait_until_ready(self.server, self._process)

    def stop(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.stop(how=how)
            self._process = None


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    own = OwnServer(machine.need("PostgreSQL", find_programs, packages=("postgresql",)))
    own.start()
    yield own
    own.stop(signal.SIGINT)
    shutil.rmtree(own.folder, ignore_errors=True)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
async def test_an_outage_is_over_when_the_server_is_back(own_server: OwnServer, how: signal.Signals) -> None:
    """Nothing has to be restarted here, also when the pool has stopped trying by itself: the next unit is served."""
    url = own_server.server.url()
    await asyncio.to_thread(migrate, url)
    engine = PostgresEngine(url, pool_size=4, wait_seconds=RECONNECT_SECONDS + 1)
    await engine.start()
    await engine.write(lambda connection: add(connection, 1))
    await asyncio.to_thread(own_server.stop, how)
    units = (engine.read(ids), engine.write(lambda connection: add(connection, 2)))
    during = await asyncio.gather(*units, return_exceptions=True)
    await asyncio.to_thread(own_server.start)
    after = await engine.read(ids)
    await engine.write(lambda connection: add(connection, 3))
    await engine.close()

    assert [getattr(result, "code", "") for result in during] == ["database_unavailable"] * 2
    assert after == [1]


async def test_a_start_without_a_server_is_unavailable() -> None:
    """And leaves no task behind that goes on trying."""
    engine = PostgresEngine(f"postgresql://127.0.0.1:{free_port()}/x", wait_seconds=0.3)
    with pytest.raises(UnavailableError) as refused:
        await engine.start()

    assert refused.value.code == "database_unavailable"
    with pytest.raises(UnavailableError):
        await engine.read(ids)
