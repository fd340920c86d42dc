"""Used proofs in every store; forty at once are in test_races.py."""

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import NOW
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio

DIGEST, OTHER = b"a" * 32, b"b" * 32


async def claimed(store: AnyStore, digest: bytes, *, until_ms: int = NOW + 70_000) -> bool:
    return await store.write(lambda uow: uow.used_proofs.claim(digest, until_ms=until_ms))


async def test_a_proof_is_claimed_once(store: AnyStore) -> None:
    """RFC 9449 §11.1; also by somebody who says that it is good for longer."""
    assert await claimed(store, DIGEST)
    assert not await claimed(store, DIGEST)
    assert not await claimed(store, DIGEST, until_ms=NOW + 90_000)
    assert await claimed(store, OTHER)


async def test_a_claim_that_is_rolled_back_was_not_made(store: AnyStore) -> None:
    """Whoever could not be answered may come again with the same proof."""

    async def unit(uow: UnitOfWork) -> None:
        await uow.used_proofs.claim(DIGEST, until_ms=NOW + 1)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(unit)

    assert await claimed(store, DIGEST)


async def test_a_proof_is_forgotten_when_it_is_too_old_to_be_used(store: AnyStore) -> None:
    """Not a millisecond before, and at most so many at a time."""
    await claimed(store, DIGEST, until_ms=NOW + 10)
    await claimed(store, OTHER, until_ms=NOW + 10)
    store.advance(9)
    assert await store.write(lambda uow: uow.used_proofs.sweep(limit=5)) == 0

    store.advance(1)
    swept = [await store.write(lambda uow: uow.used_proofs.sweep(limit=1)) for _ in range(3)]
    assert swept == [1, 1, 0]
    assert await claimed(store, DIGEST)
