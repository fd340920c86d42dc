"""Whose pages may talk to us."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.flows.registered_origins import REFRESH_SECONDS, RegisteredOrigins

pytestmark = pytest.mark.anyio


async def test_origins_are_those_of_redirect_uris(world: World) -> None:
    """Exactly: scheme, host and port; an app's own scheme has none."""
    uris = ("https://spa.example:8443/cb?x=1", "http://127.0.0.1:3000/cb", "com.example.app:/cb")
    await world.make_web_client(redirect_uris=uris)
    origins = RegisteredOrigins(world.store, monotonic=lambda: 1.0)

    for origin in ("https://spa.example:8443", "http://127.0.0.1:3000"):
        assert await origins.include(origin)
    for origin in ("https://spa.example", "https://SPA.example:8443", "null", "", "com.example.app:", "*"):
        assert not await origins.include(origin)


async def test_they_are_read_now_and_then(world: World) -> None:
    """A client that is switched off is out with the next reading."""
    await world.make_web_client()
    now = 1.0
    origins = RegisteredOrigins(world.store, monotonic=lambda: now)
    before = world.store.reads
    for _ in range(3):
        assert await origins.include("https://app.example")
    assert world.store.reads == before + 1
    await world.clients.set_disabled("web", disabled=True)
    now += REFRESH_SECONDS

    assert not await origins.include("https://app.example")
