"""A server with the clients that the suite's plans ask for, and the suite's relying party before it."""

from collections.abc import AsyncIterator

import pytest

from tests.server.conformance.relying_party import RelyingParty, ResponseMode, make_client
from tests.server.flows.world import World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def response_mode() -> ResponseMode:
    """By a redirect; tests of the Basic and the Form Post plan say otherwise."""
    return "query"


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    world = await World.built()
    await make_client(world, "suite")
    return Served(world, registration="open")


@pytest.fixture
async def party(served: Served, response_mode: ResponseMode) -> AsyncIterator[RelyingParty]:
    async with Visitor(served) as browser:
        yield await RelyingParty.at(served, browser, response_mode)
