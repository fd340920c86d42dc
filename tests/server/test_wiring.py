"""Everything joined."""

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_every_advertised_endpoint_is_there(anyio_backend: str) -> None:
    """P74: what metadata names answers, with something other than 404."""
    served = Served(await World.built())
    metadata = (await served.get("/.well-known/openid-configuration")).json()
    endpoints = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]

    assert len(endpoints) > 6
    for url in endpoints:
        path = url.removeprefix("https://id.example")
        if path == "/status/feed":
            continue  # it goes on for as long as somebody listens
        assert (await served.get(path)).status_code != 404, path
