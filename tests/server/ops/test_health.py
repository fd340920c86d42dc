"""Alive asks nobody; ready asks the database and the keys."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tests.server.fake_provider import FakeKeyProvider
from tests.server.fake_sealing import HeldSealing
from tests.server.flows.world import World
from tests.server.web.requests import make_request
from tests.server.web.served import Served
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.key_ring import READY_SECONDS, KeyRing
from tokensmith.server.ops.health import Readiness
from tokensmith.server.storage.sealing import Sealing

pytestmark = pytest.mark.anyio
T = TypeVar("T")


async def test_a_server_that_can_work_is_ready() -> None:
    served = Served(await World.built())

    assert (await served.get("/healthz")).json() == {"status": "ok"}
    ready = await served.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert ready.json()["checks"] == {"database": "ok", "signing_key_ES256": "ok", "signing_key_RS256": "ok"}


async def test_without_its_database_a_server_is_alive_and_not_ready() -> None:
    """Restarting it would not help; sending it requests would not either."""
    served = Served(await World.built())
    served.world.store.outage = UnavailableError("The database cannot be reached.")

    assert (await served.get("/healthz")).status_code == 200
    ready = await served.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "unreachable")


async def test_without_keys_a_server_is_not_ready() -> None:
    served = Served(World())

    ready = await served.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["signing_key_ES256"]) == (503, "missing")


async def test_a_key_that_does_not_open_is_missing() -> None:
    """Sealed with another sealing key."""
    world = await World.built()
    ring = KeyRing(world.store, HeldSealing(Sealing.generate()))
    answer = await Readiness(store=world.store, ring=ring)(make_request())

    assert answer.status_code == 503


async def test_a_database_that_does_not_answer_is_waited_for_so_long_only() -> None:
    """Whoever asks has a deadline of its own."""

    class Hanging:
        async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
            await asyncio.Event().wait()
            raise AssertionError

        async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
            raise AssertionError

    ready = Readiness(store=Hanging(), ring=KeyRing(Hanging(), HeldSealing(Sealing.generate())), answer_seconds=0)
    answer = await ready(make_request())

    assert answer.status_code == 503


async def test_a_server_whose_provider_does_not_sign_is_not_ready() -> None:
    """That its keys are known here is not enough; when it signs again, the server is ready again."""
    provider = FakeKeyProvider()
    world = await World.built(provider=provider)
    ready = Readiness(store=world.store, ring=world.ring)
    assert (await ready(make_request())).status_code == 200
    world.pass_time(READY_SECONDS)
    provider.away = True
    assert (await ready(make_request())).status_code == 503
    provider.away = False

    assert (await ready(make_request())).status_code == 200
