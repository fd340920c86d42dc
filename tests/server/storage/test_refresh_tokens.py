"""Refresh families in every store; the race is in test_races.py."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import GRANT, NOW, add_grants, advanced, family
from tokensmith.server.domain.refresh_tokens import MAX_GENERATION, MAX_RECENT, Family

pytestmark = pytest.mark.anyio


async def added(store: AnyStore, row: Family) -> Family:
    await add_grants(store, GRANT)
    await store.write(lambda uow: uow.refresh_tokens.add(row))
    return row


async def test_what_is_stored_comes_back_with_the_time(store: AnyStore) -> None:
    """Also the largest generation and the longest memory."""
    row = await added(
        store, replace(family(), generation=MAX_GENERATION, rotated_at_ms=tuple(range(MAX_RECENT)), key_thumbprint="t")
    )
    store.advance(9)

    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) == (row, NOW + 9)
    assert await store.read(lambda uow: uow.refresh_tokens.find(b"other")) is None


async def test_an_advance_stores_the_next_generation(store: AnyStore) -> None:
    """The row is then as the domain said."""
    row = await added(store, family())
    new = advanced(row)
    won = await store.write(
        lambda uow: uow.refresh_tokens.advance(new, from_generation=0, from_digest=row.secret_digest)
    )

    assert won is True
    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) == (new, NOW)


async def test_an_advance_may_bind_a_family_to_a_key(store: AnyStore) -> None:
    """RFC 9449 §5."""
    row = await added(store, family())
    new = replace(advanced(row), key_thumbprint="t")
    await store.write(lambda uow: uow.refresh_tokens.advance(new, from_generation=0, from_digest=row.secret_digest))

    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) == (new, NOW)


@pytest.mark.parametrize(("generation", "digest"), [(1, b"d0" * 16), (0, b"d1" * 16)])
async def test_who_has_read_another_row_loses(store: AnyStore, generation: int, digest: bytes) -> None:
    """Generation and digest must both still stand; what is refused changes nothing."""
    row = await added(store, family())
    new = advanced(row)
    won = await store.write(lambda uow: uow.refresh_tokens.advance(new, from_generation=generation, from_digest=digest))

    assert won is False
    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) == (row, NOW)


async def test_an_ended_family_does_not_advance(store: AnyStore) -> None:
    """A revocation that was first stays: no refresh brings the family back."""
    row = await added(store, family())
    await store.write(lambda uow: uow.grants.end(GRANT.id))
    new = advanced(row)
    won = await store.write(
        lambda uow: uow.refresh_tokens.advance(new, from_generation=0, from_digest=row.secret_digest)
    )

    assert won is False
    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) == (replace(row, ended_at_ms=NOW), NOW)


async def test_one_family_advances_and_no_other(store: AnyStore) -> None:
    """Two families of one grant have the same generation and here even the same digest."""
    row = await added(store, family())
    other = family()
    await store.write(lambda uow: uow.refresh_tokens.add(other))
    new = advanced(row)
    await store.write(lambda uow: uow.refresh_tokens.advance(new, from_generation=0, from_digest=row.secret_digest))

    assert await store.read(lambda uow: uow.refresh_tokens.find(other.family)) == (other, NOW)
