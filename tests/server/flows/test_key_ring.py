"""The keys as one process holds them."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.flows.key_ring import REFRESH_SECONDS, KeyRing

pytestmark = pytest.mark.anyio


async def test_keys_are_read_once_per_interval(world: World) -> None:
    await world.ring.snapshot()
    before = world.store.reads
    await world.ring.signing_key("ES256")
    await world.ring.public_keys()
    assert world.store.reads == before
    world.pass_time(REFRESH_SECONDS)
    await world.ring.snapshot()

    assert world.store.reads == before + 1


async def test_a_private_key_is_opened_once(world: World) -> None:
    first = await world.ring.signing_key("ES256")
    world.pass_time(REFRESH_SECONDS)

    assert await world.ring.signing_key("ES256") is first


async def test_without_a_key_there_is_no_token(world: World) -> None:
    """Our trouble, not the caller's: 503."""
    with pytest.raises(UnavailableError) as caught:
        await world.ring.signing_key("PS512")

    assert (caught.value.code, caught.value.status) == ("no_signing_key", 503)


async def test_another_process_sees_a_new_key_within_the_interval(world: World) -> None:
    other = KeyRing(world.store, world.sealing, monotonic=lambda: world.seconds)
    await other.snapshot()
    made = await world.keys.rotate("ES256")
    assert made.kid not in {key.kid for key in (await other.public_keys())[0]}
    world.pass_time(REFRESH_SECONDS)

    assert made.kid in {key.kid for key in (await other.public_keys())[0]}


async def test_the_clock_it_gives_is_the_databases_carried_on(world: World) -> None:
    _, clock = await world.ring.public_keys()
    before = clock.now()
    world.seconds += 1.5

    assert clock.now() - before == pytest.approx(1.5)


async def test_the_clock_follows_the_database_at_the_next_reading(world: World) -> None:
    """Whoever corrects the database's clock has corrected every process within the interval."""
    _, clock = await world.ring.public_keys()
    world.store.advance(60_000)
    world.seconds += REFRESH_SECONDS
    await world.ring.public_keys()

    assert clock.now() == world.store.now_ms / 1000


async def test_the_same_keys_are_the_same_set(world: World) -> None:
    """What was made of a set may be kept until a key comes or goes, however often the keys are read meanwhile."""
    first, _ = await world.ring.public_keys()
    world.pass_time(REFRESH_SECONDS)
    assert (await world.ring.public_keys())[0] is first
    await world.keys.rotate("ES256")
    world.pass_time(REFRESH_SECONDS)

    assert (await world.ring.public_keys())[0] is not first
