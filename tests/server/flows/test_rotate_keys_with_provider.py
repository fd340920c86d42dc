"""Signing keys through their life, where a provider has their private halves."""

from dataclasses import dataclass

import pytest

from tests.server.fake_provider import FakeKeyProvider
from tests.server.flows.world import World
from tokensmith.jose import Key
from tokensmith.server.domain.errors import ConflictError, UnavailableError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.key_providers import ProvidedKey
from tokensmith.server.domain.signing_keys import JWKS_MAX_AGE_SECONDS
from tokensmith.server.flows.import_key import ImportKey
from tokensmith.server.flows.key_ring import READY_SECONDS
from tokensmith.server.flows.rotate_keys import RotateKeys

pytestmark = pytest.mark.anyio


@pytest.fixture
def provider() -> FakeKeyProvider:
    return FakeKeyProvider()


@pytest.fixture
async def provided(provider: FakeKeyProvider, anyio_backend: str) -> World:
    return await World.built(provider=provider)


def rotation(world: World, provider: FakeKeyProvider | None) -> RotateKeys:
    """The flow of another process over the same database."""
    return RotateKeys(store=world.store, sealers=world.sealing, provider=provider)


async def test_no_private_half_comes_into_the_database(provided: World, provider: FakeKeyProvider) -> None:
    """The row says what the provider calls it."""
    await provided.keys.rotate("ES256")
    keys, _ = await provided.keys.all()

    assert {key.sealed_private_jwk for key in keys} == {None}
    assert {key.provider_key_id for key in keys} == set(provider.keys)
    for key in keys:
        made = provider.keys[key.provider_key_id or ""]
        assert key.kid == made.thumbprint()
        assert '"d"' not in key.public_jwk


async def test_tokens_are_signed_there_and_verify_here(provided: World, provider: FakeKeyProvider) -> None:
    """By way of `run`, which blocks nobody else."""
    await provided.ring.ready()
    before = provider.ran
    answer = await provided.sign_in()

    assert (await provided.read(answer)).client_id == "first-party"
    assert provider.ran == before + 1


async def test_a_successor_takes_over_as_ever(provided: World) -> None:
    old = (await provided.ring.signing_key("ES256")).kid
    new = await provided.keys.rotate("ES256")
    provided.pass_time(JWKS_MAX_AGE_SECONDS)

    assert old != new.kid == (await provided.ring.signing_key("ES256")).kid


async def test_keys_in_the_database_are_succeeded_by_keys_of_the_provider(
    world: World, provider: FakeKeyProvider
) -> None:
    """Once each, as soon as the setting is changed; until then they go on signing."""
    with_provider = rotation(world, provider)
    made = await with_provider.ensure()
    assert sorted(key.alg for key in made) == ["ES256", "RS256"]
    assert all(key.provider_key_id for key in made)
    assert await with_provider.ensure() == ()
    world.pass_time(JWKS_MAX_AGE_SECONDS)

    assert await with_provider.ensure() == ()


async def test_without_the_provider_no_key_is_made_in_its_place(provided: World) -> None:
    """Whoever lost a setting would else have keys in the database, unasked."""
    with pytest.raises(ConflictError) as caught:
        await rotation(provided, None).ensure()

    assert caught.value.code == "key_provider_missing"
    assert len((await provided.keys.all())[0]) == 2


async def test_whoever_comes_second_destroys_what_it_made(provided: World, provider: FakeKeyProvider) -> None:
    """A successor is on its way already; nobody would ever look for this one."""
    await provided.keys.rotate("ES256")
    with pytest.raises(ConflictError) as caught:
        await provided.keys.rotate("ES256")

    assert caught.value.code == "rotation_pending"
    assert (len(provider.keys), provider.made) == (3, 4)


async def test_a_key_that_may_have_been_stored_is_not_destroyed(provided: World, provider: FakeKeyProvider) -> None:
    """The database did not say whether it committed: a row may name it, and be the key that signs tomorrow."""

    @dataclass
    class Failing(FakeKeyProvider):
        async def generate(self, alg: str) -> ProvidedKey:
            made = await provider.generate(alg)
            provided.store.outage = UnavailableError("Did it?", code="database_unavailable")
            return made

    with pytest.raises(UnavailableError):
        await rotation(provided, Failing()).rotate("ES256")

    assert len(provider.keys) == 3


async def test_a_provider_that_is_away_stops_signing_and_nothing_else(
    provided: World, provider: FakeKeyProvider
) -> None:
    """Ours, and it passes: 503. What was issued is still known, and when it is back everything goes on."""
    answer = await provided.sign_in()
    provider.away = True
    with pytest.raises(UnavailableError) as caught:
        await provided.sign_in()
    assert caught.value.status == 503
    assert (await provided.read(answer)).client_id == "first-party"
    provider.away = False

    assert await provided.sign_in()


async def test_a_compromised_key_is_succeeded_by_one_of_the_provider(
    provided: World, provider: FakeKeyProvider
) -> None:
    kid = KeyId(str((await provided.ring.signing_key("ES256")).kid))
    made = await provided.keys.retire_compromised(kid)
    provided.ring.forget()

    assert made is not None
    assert made.provider_key_id in provider.keys
    assert (await provided.ring.signing_key("ES256")).kid == made.kid


async def test_a_key_of_another_server_comes_in_only_to_verify(provided: World) -> None:
    """Its private half would be in the database, where none is to be."""
    imports = ImportKey(store=provided.store, sealers=provided.sealing, has_provider=True)
    with pytest.raises(ConflictError) as caught:
        await imports.to_sign(Key.generate("ES256"))
    assert caught.value.code == "key_kept_elsewhere"

    assert await imports.to_verify(Key.generate("ES256"))


async def test_status_lists_and_id_tokens_are_signed_there_too(provided: World, provider: FakeKeyProvider) -> None:
    await provided.ring.ready()
    before = provider.ran
    place = (await provided.read(await provided.sign_in())).place
    await provided.publish_status.run(place.list_id)

    assert provider.ran == before + 2


async def test_a_refresh_token_is_not_spent_while_nothing_can_be_signed(
    provided: World, provider: FakeKeyProvider
) -> None:
    """A spent one that comes again after minutes would be taken for a stolen one, and end the session."""
    answer = await provided.sign_in()
    provided.pass_time(READY_SECONDS)
    provider.away = True
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await provided.refresh(answer.refresh_token)
        provided.pass_time(600)
    provider.away = False

    assert (await provided.refresh(answer.refresh_token)).refresh_token
    assert "refresh_reused" not in await provided.audited()


async def test_a_provider_that_has_just_signed_is_not_asked_first(provided: World, provider: FakeKeyProvider) -> None:
    """A busy server signs once for each token."""
    answer = await provided.sign_in()
    before = provider.ran
    provided.pass_time(READY_SECONDS - 0.001)
    answer = await provided.refresh(answer.refresh_token)
    assert provider.ran == before + 1
    provided.pass_time(READY_SECONDS)
    await provided.refresh(answer.refresh_token)

    assert provider.ran == before + 3


async def test_a_provider_that_has_just_failed_is_asked_first(provided: World, provider: FakeKeyProvider) -> None:
    """However short the time is: only the first to notice has spent anything."""
    first, second = await provided.sign_in(), await provided.sign_in()
    provider.away = True
    for answer in (first, second):
        with pytest.raises(UnavailableError):
            await provided.refresh(answer.refresh_token)
    provided.pass_time(600)
    provider.away = False

    assert await provided.refresh(second.refresh_token)
