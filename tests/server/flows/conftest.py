"""A fresh world for each test of a flow."""

import pytest

from tests.server.flows.world import World


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(anyio_backend: str) -> World:
    return await World.built()
