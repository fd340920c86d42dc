"""What is left of a signing key that is gone."""

import pytest

from tests.server.fake_provider import FakeKeyProvider
from tests.server.flows.world import World
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS, SigningKey
from tokensmith.server.domain.status_lists import LONGEST_TOKEN_SECONDS
from tokensmith.server.flows.erase_keys import EraseKeys

pytestmark = pytest.mark.anyio
LIFE = JWKS_MAX_AGE_SECONDS + LONGEST_TOKEN_SECONDS


def erasing(world: World) -> EraseKeys:
    return EraseKeys(store=world.store, provider=world.provider)


async def first(world: World) -> SigningKey:
    return next(key for key in await world.store.read(lambda uow: uow.signing_keys.ever()) if key.alg == "ES256")


async def test_the_private_half_goes_with_the_key_and_the_public_one_stays(world: World) -> None:
    """Not a moment before its last token has ended."""
    await world.keys.rotate("ES256")
    world.pass_time(LIFE - 0.001)
    assert await erasing(world).run() == 0
    world.pass_time(0.001)
    assert await erasing(world).run() == 1
    erased = await first(world)

    assert (erased.sealed_private_jwk, erased.has_private_half) == (None, False)
    assert "kty" in erased.public_jwk
    assert await erasing(world).run() == 0
    assert (await world.audited())[-1] == "key_erased"
    assert await world.sign_in()


async def test_a_provider_destroys_it(anyio_backend: str) -> None:
    """That one, and no other."""
    provider = FakeKeyProvider()
    world = await World.built(provider=provider)
    key_id = (await first(world)).provider_key_id
    await world.keys.rotate("ES256")
    world.pass_time(LIFE)
    assert key_id in provider.keys
    await erasing(world).run()

    assert key_id not in provider.keys
    assert len(provider.keys) == 2
    assert await world.sign_in()


async def test_a_compromised_key_is_erased_at_once(world: World) -> None:
    key = await first(world)
    await world.keys.retire_compromised(KeyId(key.kid))

    assert await erasing(world).run() == 1
    assert not (await first(world)).has_private_half


async def test_a_provider_that_is_away_destroys_it_later(anyio_backend: str) -> None:
    """Until then the row says where it is."""
    provider = FakeKeyProvider()
    world = await World.built(provider=provider)
    await world.keys.rotate("ES256")
    world.pass_time(LIFE)
    provider.away = True
    with pytest.raises(UnavailableError):
        await erasing(world).run()
    assert (await first(world)).has_private_half
    provider.away = False

    assert await erasing(world).run() == 1


async def test_without_its_provider_a_key_waits(anyio_backend: str) -> None:
    """It is not forgotten: it is still there."""
    provider = FakeKeyProvider()
    world = await World.built(provider=provider)
    await world.keys.rotate("ES256")
    world.pass_time(LIFE)

    assert await EraseKeys(store=world.store, provider=None).run() == 0
    assert (await first(world)).has_private_half


async def test_two_processes_erase_a_key_once(anyio_backend: str) -> None:
    """The second finds nothing to do, and says so."""

    class Slow(FakeKeyProvider):
        async def destroy(self, key_id: str) -> None:
            await super().destroy(key_id)
            self.destroy = super().destroy  # type: ignore[method-assign]
            assert await erasing(world).run() == 1

    provider = Slow()
    world = await World.built(provider=provider)
    await world.keys.rotate("ES256")
    world.pass_time(LIFE)

    assert await erasing(world).run() == 0
    assert (await world.audited()).count("key_erased") == 1
