"""Authorization codes in every store."""

from dataclasses import replace
from typing import Final

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import GRANT, NOTES, NOW, add_grants
from tokensmith.server.domain.authorization_codes import REMEMBERED_SECONDS, AuthorizationCode

pytestmark = pytest.mark.anyio
CODE: Final = AuthorizationCode(
    digest=b"c" * 32,
    grant_id=GRANT.id,
    redirect_uri="https://app.example/cb",
    challenge="x" * 43,
    nonce="n",
    key_thumbprint="t",
    resource_id=NOTES.id,
    expires_at_ms=NOW + 60_000,
)
BARE: Final = replace(CODE, digest=b"d" * 32, redirect_uri=None, challenge=None, nonce=None, key_thumbprint=None)


async def add_codes(store: AnyStore) -> None:
    await add_grants(store, GRANT)
    for code in (CODE, BARE):
        await store.write(lambda uow, code=code: uow.authorization_codes.add(code))


async def test_what_is_stored_comes_back(store: AnyStore) -> None:
    await add_codes(store)

    assert await store.read(lambda uow: uow.authorization_codes.find(CODE.digest)) == CODE
    assert await store.read(lambda uow: uow.authorization_codes.find(BARE.digest)) == BARE
    assert await store.read(lambda uow: uow.authorization_codes.find(b"none")) is None


async def test_a_code_is_good_once(store: AnyStore) -> None:
    """RFC 6749 §4.1.2: and it is still known afterwards, as used."""
    await add_codes(store)

    assert await store.write(lambda uow: uow.authorization_codes.consume(CODE.digest))
    assert not await store.write(lambda uow: uow.authorization_codes.consume(CODE.digest))
    assert await store.write(lambda uow: uow.authorization_codes.consume(BARE.digest))
    found = await store.read(lambda uow: uow.authorization_codes.find(CODE.digest))
    assert found == replace(CODE, consumed_at_ms=NOW)


@pytest.mark.parametrize(("after_ms", "good"), [(59_999, True), (60_000, False)])
async def test_a_code_is_good_until_its_time(store: AnyStore, after_ms: int, good: bool) -> None:
    """By the database's clock."""
    await add_codes(store)
    store.advance(after_ms)

    assert await store.write(lambda uow: uow.authorization_codes.consume(CODE.digest)) is good


async def test_codes_are_forgotten_when_nobody_can_come_with_them_again(store: AnyStore) -> None:
    """Not a moment earlier, and no more at once than was asked for."""
    await add_codes(store)
    store.advance(60_000 + REMEMBERED_SECONDS * 1000 - 1)
    assert await store.write(lambda uow: uow.authorization_codes.sweep(limit=9)) == 0

    store.advance(1)
    assert await store.write(lambda uow: uow.authorization_codes.sweep(limit=1)) == 1
    assert await store.write(lambda uow: uow.authorization_codes.sweep(limit=9)) == 1
    assert await store.read(lambda uow: uow.authorization_codes.find(CODE.digest)) is None
