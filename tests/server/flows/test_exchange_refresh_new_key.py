"""Refresh token → new tokens across a change of the sealing key: nobody is logged out, no theft goes unseen."""

import pytest

from tests.server.flows.test_exchange_refresh import refused
from tests.server.flows.world import World
from tokensmith.server.domain.refresh_tokens import parse
from tokensmith.server.storage.sealing import Sealing

pytestmark = pytest.mark.anyio


def change_sealing_key(world: World) -> None:
    """As `keys reseal` leaves it: the new key, and of the old one the rotation key."""
    old, new = world.sealing.held, Sealing.generate()
    former = {key_id: old.rotation_key(key_id) for key_id in old.rotation_key_ids}
    world.sealing.held = new.knowing(former)


async def test_a_session_outlives_a_change_of_the_sealing_key(world: World) -> None:
    """Twice; nobody signs in again, and the family is chained with the newest key from its next refresh on."""
    await world.ring.signing_key("ES256")  # opened before the change, as the flows here have no store to move
    token = (await world.refresh((await world.sign_in()).refresh_token)).refresh_token
    for _ in range(2):
        change_sealing_key(world)
        for _ in range(2):
            token = (await world.refresh(token)).refresh_token

    found = await world.store.read(lambda uow: uow.refresh_tokens.find(parse(token or "").family))
    assert found is not None
    assert found[0].generation == 5
    assert found[0].key_id == world.sealing.held.current_key_id
    assert [key.until_generation for key in found[0].earlier_keys] == [1, 3]


async def test_a_replay_from_before_a_change_of_the_sealing_key_ends_the_family(world: World) -> None:
    """RFC 9700 §4.14.2: a theft is recognised across the change."""
    first = await world.sign_in()
    second = await world.refresh(first.refresh_token)
    third = await world.refresh(second.refresh_token)
    change_sealing_key(world)
    fourth = await world.refresh(third.refresh_token)
    world.pass_time(10)

    assert await refused(world, first.refresh_token) == "refresh_token_reused"
    assert await refused(world, fourth.refresh_token) == "refresh_token_revoked"
    assert not await world.is_running(fourth)


async def test_an_answer_lost_during_a_change_of_the_sealing_key_is_no_logout(world: World) -> None:
    """The same successor, though the predecessor was made with the old key."""
    first = await world.refresh((await world.sign_in()).refresh_token)
    change_sealing_key(world)
    lost = await world.refresh(first.refresh_token)
    world.pass_time(59.9)

    assert (await world.refresh(first.refresh_token)).refresh_token == lost.refresh_token


async def test_a_racer_that_has_not_heard_of_the_new_key_gets_the_winners_successor(world: World) -> None:
    """It won with the old key, the other process with the new one: one token comes of it."""
    first = await world.refresh((await world.sign_in()).refresh_token)
    unaware = world.sealing.held
    change_sealing_key(world)
    both, aware = world.sealing.held.before(unaware), world.sealing.held
    world.sealing.held = both.led_by(unaware.current_key_id)
    won = await world.refresh(first.refresh_token)
    world.sealing.held = aware

    assert (await world.refresh(first.refresh_token)).refresh_token == won.refresh_token
    assert parse((await world.refresh(won.refresh_token)).refresh_token or "").generation == 3
