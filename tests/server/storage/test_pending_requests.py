"""Authorization requests that wait, in every store."""

from dataclasses import replace
from typing import Final

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import APP, NOW, add_world
from tokensmith.server.domain.pending_requests import PendingRequest

pytestmark = pytest.mark.anyio
REQUEST: Final = PendingRequest(
    digest=b"r" * 32,
    client_id=APP.id,
    parameters={"scope": "notes:read", "state": 'ä "quoted"'},
    resources=("https://a.example", "https://b.example"),
    pushed=True,
    browser_digest=None,
    created_at_ms=NOW,
    expires_at_ms=NOW + 90_000,
)
OTHER: Final = replace(REQUEST, digest=b"o" * 32, resources=(), pushed=False, browser_digest=b"mine")


async def add_requests(store: AnyStore) -> None:
    await store.write(add_world)
    for request in (REQUEST, OTHER):
        await store.write(lambda uow, request=request: uow.pending_requests.add(request))


@pytest.mark.parametrize("request_", [REQUEST, OTHER])
async def test_what_is_stored_comes_back(store: AnyStore, request_: PendingRequest) -> None:
    await add_requests(store)

    assert await store.read(lambda uow: uow.pending_requests.find(request_.digest)) == request_
    assert await store.read(lambda uow: uow.pending_requests.find(b"none")) is None


async def test_a_request_belongs_to_the_browser_that_comes_first(store: AnyStore) -> None:
    """And to no other one after it; it waits anew from then on."""
    await add_requests(store)

    async def claim(browser: bytes, digest: bytes = REQUEST.digest) -> bool:
        return await store.write(
            lambda uow: uow.pending_requests.claim(digest, browser_digest=browser, until_ms=NOW + 500_000)
        )

    assert await claim(b"first")
    assert not await claim(b"second")
    assert await claim(b"first")
    assert not await claim(b"first", OTHER.digest)
    found = await store.read(lambda uow: uow.pending_requests.find(REQUEST.digest))
    assert found == replace(REQUEST, browser_digest=b"first", expires_at_ms=NOW + 500_000)


async def test_a_request_is_over_at_its_time(store: AnyStore) -> None:
    """Neither found nor claimed then."""
    await add_requests(store)
    store.advance(89_999)
    assert await store.read(lambda uow: uow.pending_requests.find(REQUEST.digest)) == REQUEST

    store.advance(1)
    assert await store.read(lambda uow: uow.pending_requests.find(REQUEST.digest)) is None
    assert not await store.write(
        lambda uow: uow.pending_requests.claim(REQUEST.digest, browser_digest=b"b", until_ms=NOW + 500_000)
    )


async def test_a_request_is_answered_once(store: AnyStore) -> None:
    await add_requests(store)

    assert await store.write(lambda uow: uow.pending_requests.remove(REQUEST.digest))
    assert not await store.write(lambda uow: uow.pending_requests.remove(REQUEST.digest))
    assert await store.read(lambda uow: uow.pending_requests.find(OTHER.digest)) == OTHER


async def test_the_unanswered_are_forgotten(store: AnyStore) -> None:
    """No more at once than was asked for."""
    await add_requests(store)
    assert await store.write(lambda uow: uow.pending_requests.sweep(limit=9)) == 0

    store.advance(90_000)
    assert await store.write(lambda uow: uow.pending_requests.sweep(limit=1)) == 1
    assert await store.write(lambda uow: uow.pending_requests.sweep(limit=9)) == 1
