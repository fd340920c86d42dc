"""Signing keys in every store; the lock is in test_races.py."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import NOW
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SigningKey
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio

KEY = SigningKey(
    kid=KeyId("first"),
    alg="ES256",
    public_jwk='{"kty":"EC"}',
    sealed_private_jwk=b"\x00sealed\xff",
    provider_key_id=None,
    published_at_ms=NOW,
    active_at_ms=NOW,
    retired_at_ms=None,
    gone_at_ms=None,
    compromised=False,
)
SECOND = replace(KEY, kid=KeyId("a second"), published_at_ms=NOW + 1, active_at_ms=NOW + 300_000)
VERIFYING = replace(KEY, kid=KeyId("verifies"), sealed_private_jwk=None, published_at_ms=NOW + 2, retired_at_ms=NOW)
PROVIDED = replace(VERIFYING, kid=KeyId("provided"), provider_key_id="01ab", published_at_ms=NOW + 3)
DAY_MS = 24 * 3600 * 1000


async def add_both(uow: UnitOfWork) -> None:
    await uow.signing_keys.add(KEY)
    await uow.signing_keys.add(SECOND)


async def test_what_is_stored_comes_back_oldest_first(store: AnyStore) -> None:
    """Every field."""
    await store.write(add_both)

    assert await store.read(lambda uow: uow.signing_keys.all()) == (KEY, SECOND)


async def test_an_end_is_written_for_one_key(store: AnyStore) -> None:
    """What a key is does not change, whatever else the value says."""
    ended = replace(KEY, retired_at_ms=NOW + 5, gone_at_ms=NOW + 10)
    await store.write(add_both)
    await store.write(lambda uow: uow.signing_keys.replace_end(replace(ended, alg="none", public_jwk="")))

    assert await store.read(lambda uow: uow.signing_keys.all()) == (ended, SECOND)


@pytest.mark.parametrize(
    ("compromised", "passed_ms", "shown"),
    [(False, 9, True), (False, 10, False), (True, 10, True), (True, DAY_MS + 9, True), (True, DAY_MS + 10, False)],
)
async def test_a_key_is_shown_until_it_is_gone_and_a_compromised_one_a_day_longer(
    store: AnyStore, compromised: bool, passed_ms: int, shown: bool
) -> None:
    """Guards must hear of a compromised key; of others nobody needs to hear again."""
    ended = replace(KEY, gone_at_ms=NOW + 10, compromised=compromised)
    await store.write(add_both)
    await store.write(lambda uow: uow.signing_keys.replace_end(ended))
    store.advance(passed_ms)

    assert await store.read(lambda uow: uow.signing_keys.all()) == ((ended, SECOND) if shown else (SECOND,))


async def test_the_lock_is_free_for_whoever_is_alone(store: AnyStore) -> None:
    """Twice in one unit, and again in the next."""

    async def unit(uow: UnitOfWork) -> None:
        await uow.signing_keys.lock()
        await uow.signing_keys.lock()

    await store.write(unit)
    await store.write(unit)


async def test_a_key_may_lack_its_private_half(store: AnyStore) -> None:
    """Another server has it, or a provider."""
    await store.write(add_both)
    await store.write(lambda uow: uow.signing_keys.add(VERIFYING))
    await store.write(lambda uow: uow.signing_keys.add(PROVIDED))

    assert await store.read(lambda uow: uow.signing_keys.all()) == (KEY, SECOND, VERIFYING, PROVIDED)


async def test_a_private_half_is_erased_from_one_key(store: AnyStore) -> None:
    """Wherever it was; the rest of the key stays."""
    await store.write(add_both)
    await store.write(lambda uow: uow.signing_keys.add(PROVIDED))
    for kid in (KEY.kid, PROVIDED.kid, KeyId("nobody")):
        await store.write(lambda uow, kid=kid: uow.signing_keys.erase(kid))
    erased = [replace(key, sealed_private_jwk=None, provider_key_id=None) for key in (KEY, PROVIDED)]

    assert await store.read(lambda uow: uow.signing_keys.ever()) == (erased[0], SECOND, erased[1])


async def test_a_key_that_is_gone_is_still_known_to_have_been_here(store: AnyStore) -> None:
    """For ever: nothing may come back under its name."""
    await store.write(add_both)
    ended = replace(KEY, gone_at_ms=NOW + 10)
    await store.write(lambda uow: uow.signing_keys.replace_end(ended))
    store.advance(2 * DAY_MS)

    assert await store.read(lambda uow: uow.signing_keys.all()) == (SECOND,)
    assert await store.read(lambda uow: uow.signing_keys.ever()) == (ended, SECOND)
