"""A served world for each test; asynchronous tests run on asyncio, the loop that the server runs on."""

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    return Served(await World.built())
