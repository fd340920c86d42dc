"""A served world for each test, or live processes; asynchronous tests run on asyncio, the loop the server runs on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.server.flows.world import World
from tests.server.web.live import Live
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tests.services.processes import Processes


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    return Served(await World.built())


@pytest.fixture
async def visitor(served: Served) -> AsyncIterator[Visitor]:
    """A browser, before the client that REQUEST speaks of."""
    await served.world.make_web_client()
    async with Visitor(served) as visitor:
        yield visitor


@pytest.fixture(params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, tmp_path: Path, processes: Processes) -> Iterator[Live]:
    """Two server processes over one database."""
    if request.param == "sqlite":
        database = f"sqlite:///{tmp_path / 'tokensmith.db'}"
    else:
        database = request.getfixturevalue("postgres_url")
    live = Live(tmp_path, database, processes)
    live.start()
    live.start()
    yield live
    for server in reversed(live.servers):
        server.stop()
