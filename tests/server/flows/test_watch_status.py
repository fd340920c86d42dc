"""Which lists changed: found out soon, and by one question for all who listen (decision 7)."""

import asyncio

import pytest

from tests.server.flows.world import ISSUER, World
from tokensmith.server.flows.watch_status import WATCH_SECONDS, WatchStatus, changed

pytestmark = pytest.mark.anyio


def watch(world: World) -> WatchStatus:
    return WatchStatus(issuer=ISSUER, store=world.store, monotonic=lambda: world.seconds)


async def test_a_revocation_changes_its_list(world: World) -> None:
    answer = await world.sign_in()
    uri = f"{ISSUER}/status/{(await world.read(answer)).place.list_id}"
    watching = watch(world)
    before = await watching.versions()
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")
    world.pass_time(WATCH_SECONDS)

    assert changed(await watching.versions(), since=before) == [uri]


async def test_whoever_begins_to_listen_hears_of_every_list(world: World) -> None:
    """Nothing is missed between two connections."""
    uri = f"{ISSUER}/status/{(await world.read(await world.sign_in())).place.list_id}"

    assert changed(await watch(world).versions(), since={}) == [uri]


async def test_nothing_changed_is_nothing_to_say(world: World) -> None:
    await world.read(await world.sign_in())
    watching = watch(world)
    before = await watching.versions()
    world.pass_time(WATCH_SECONDS)

    assert changed(await watching.versions(), since=before) == []


async def test_many_who_listen_cost_one_question_an_interval(world: World) -> None:
    await world.read(await world.sign_in())
    watching, reads = watch(world), world.store.reads
    await asyncio.gather(*(watching.versions() for _ in range(50)))
    world.pass_time(WATCH_SECONDS / 2)
    await watching.versions()

    assert world.store.reads == reads + 1

    world.pass_time(WATCH_SECONDS / 2)
    await watching.versions()

    assert world.store.reads == reads + 2
