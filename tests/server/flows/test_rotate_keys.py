"""Signing keys through their life."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, Stage
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.flows.rotate_keys import ACTIVE_DAYS

pytestmark = pytest.mark.anyio


async def stages(world: World, alg: str = "ES256") -> dict[str, Stage]:
    keys, now_ms = await world.keys.all()
    return {key.kid: key.stage(now_ms=now_ms) for key in keys if key.alg == alg}


async def test_the_very_first_keys_sign_at_once(world: World) -> None:
    """RS256 as every provider must have it (OpenID Connect Core §15.1), ES256 for what we issue by default."""
    assert list((await stages(world, "ES256")).values()) == [Stage.ACTIVE]
    assert list((await stages(world, "RS256")).values()) == [Stage.ACTIVE]


async def test_asking_again_makes_none(world: World) -> None:
    assert await world.keys.ensure() == ()


async def test_a_successor_is_published_for_a_jwk_sets_lifetime_before_it_signs(world: World) -> None:
    """A guard that fetched the set a moment before must know every key that signs."""
    old = (await world.ring.signing_key("ES256")).kid
    new = await world.keys.rotate("ES256")
    world.pass_time(JWKS_MAX_AGE_SECONDS - 0.001)
    assert (await world.ring.signing_key("ES256")).kid == old
    assert new.kid in {key.kid for key in (await world.ring.public_keys())[0]}
    world.pass_time(0.001)

    assert (await world.ring.signing_key("ES256")).kid == new.kid


async def test_the_old_key_verifies_until_its_last_token_has_expired(world: World) -> None:
    old = str((await world.ring.signing_key("ES256")).kid)
    await world.keys.rotate("ES256")
    world.pass_time(JWKS_MAX_AGE_SECONDS + LONGEST_TOKEN_SECONDS - 0.001)
    assert (await stages(world))[old] is Stage.VERIFY_ONLY
    world.pass_time(0.001)

    assert old not in await stages(world) or (await stages(world))[old] is Stage.GONE


async def test_a_second_rotation_waits_for_the_first(world: World) -> None:
    await world.keys.rotate("ES256")
    with pytest.raises(ConflictError) as caught:
        await world.keys.rotate("ES256")

    assert caught.value.code == "rotation_pending"


async def test_an_algorithm_we_do_not_sign_with_is_refused(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.keys.rotate("HS256")

    assert caught.value.code == "unknown_algorithm"


async def test_a_key_that_signed_long_enough_gets_a_successor_by_itself(world: World) -> None:
    world.pass_time(ACTIVE_DAYS * 24 * 3600 - 1)
    assert await world.keys.ensure() == ()
    world.pass_time(1)
    made = await world.keys.ensure()

    assert sorted(key.alg for key in made) == ["ES256", "RS256"]
    assert await world.keys.ensure() == ()


async def test_a_compromised_key_leaves_at_once_and_its_successor_signs_at_once(world: World) -> None:
    answer = await world.sign_in()
    old = (await world.ring.signing_key("ES256")).kid
    made = await world.keys.retire_compromised(KeyId(str(old)))
    world.ring.forget()
    keys, _ = await world.ring.public_keys()

    assert made is not None
    assert (await world.ring.signing_key("ES256")).kid == made.kid
    assert old not in {key.kid for key in keys}
    assert await world.own.read(answer.access_token) is None


async def test_a_key_that_is_not_there_cannot_be_retired(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.keys.retire_compromised(KeyId("nobody"))

    assert caught.value.code == "unknown_key"


async def test_a_retired_predecessor_needs_no_new_successor(world: World) -> None:
    old = KeyId(str((await world.ring.signing_key("ES256")).kid))
    await world.keys.rotate("ES256")
    world.pass_time(JWKS_MAX_AGE_SECONDS)

    assert await world.keys.retire_compromised(old) is None


async def test_private_keys_are_stored_sealed(world: World) -> None:
    keys, _ = await world.keys.all()

    assert all(key.sealed_private_jwk and b'"d"' not in key.sealed_private_jwk for key in keys)
    assert all('"d"' not in key.public_jwk for key in keys)


async def test_making_and_retiring_keys_is_audited(world: World) -> None:
    kid = KeyId(str((await world.ring.signing_key("ES256")).kid))
    await world.keys.retire_compromised(kid)

    assert (await world.audited())[-2:] == ["key_retired", "key_created"]
