"""Devices that wait, in every store."""

from dataclasses import replace
from typing import Final

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import APP, GRANT, NOTES, NOW, add_grants
from tokensmith.server.domain.device_requests import DeviceRequest
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio
DEVICE: Final = DeviceRequest(
    digest=b"d" * 32,
    user_code="BCDFGHJK",
    client_id=APP.id,
    parameters={"scope": "notes:read"},
    resources=("https://a.example",),
    interval_seconds=5,
    next_poll_ms=NOW,
    expires_at_ms=NOW + 600_000,
)
OTHER: Final = replace(DEVICE, digest=b"o" * 32, user_code="ZZZZZZZZ", resources=())


async def add_devices(store: AnyStore) -> None:
    await add_grants(store, GRANT)
    for device in (DEVICE, OTHER):
        assert await store.write(lambda uow, device=device: uow.device_requests.add(device))


async def found(store: AnyStore, device: DeviceRequest = DEVICE) -> DeviceRequest | None:
    return await store.read(lambda uow: uow.device_requests.find(device.digest))


async def by_code(store: AnyStore, device: DeviceRequest = DEVICE) -> DeviceRequest | None:
    return await store.read(lambda uow: uow.device_requests.find_by_user_code(device.user_code))


async def answer(uow: UnitOfWork) -> bool:
    return await uow.device_requests.answer(DEVICE.digest, grant_id=GRANT.id, resource_id=NOTES.id)


async def test_what_is_stored_comes_back(store: AnyStore) -> None:
    await add_devices(store)

    assert (await found(store), await by_code(store, OTHER)) == (DEVICE, OTHER)
    assert await by_code(store, replace(DEVICE, user_code="")) is None


async def test_two_devices_never_have_one_code(store: AnyStore) -> None:
    await add_devices(store)

    assert not await store.write(lambda uow: uow.device_requests.add(replace(DEVICE, digest=b"x" * 32)))


async def test_when_it_may_ask_again_is_noted(store: AnyStore) -> None:
    await add_devices(store)
    await store.write(lambda uow: uow.device_requests.polled(DEVICE.digest, interval_seconds=10, next_poll_ms=NOW + 9))

    assert await found(store) == replace(DEVICE, interval_seconds=10, next_poll_ms=NOW + 9)
    assert await found(store, OTHER) == OTHER


async def test_it_is_answered_once(store: AnyStore) -> None:
    """With a yes or a no; from then on its code finds nothing."""
    await add_devices(store)
    assert await store.write(answer)
    assert not await store.write(answer)
    assert await found(store) == replace(DEVICE, grant_id=GRANT.id, resource_id=NOTES.id)
    assert await by_code(store) is None

    no = replace(OTHER, denied=True)
    assert await store.write(lambda uow: uow.device_requests.answer(OTHER.digest, grant_id=None, resource_id=None))
    assert not await store.write(
        lambda uow: uow.device_requests.answer(OTHER.digest, grant_id=GRANT.id, resource_id=NOTES.id)
    )
    assert (await found(store, OTHER), await by_code(store, OTHER)) == (no, None)


async def test_nobody_answers_after_its_time(store: AnyStore) -> None:
    """It is still found by its own code, to be told so."""
    await add_devices(store)
    store.advance(599_999)
    assert await by_code(store) == DEVICE
    store.advance(1)
    assert await by_code(store) is None
    assert not await store.write(answer)
    assert await found(store) == DEVICE


async def test_it_is_taken_out_once_and_forgotten_when_over(store: AnyStore) -> None:
    await add_devices(store)
    assert await store.write(lambda uow: uow.device_requests.remove(DEVICE.digest))
    assert not await store.write(lambda uow: uow.device_requests.remove(DEVICE.digest))
    assert await store.write(lambda uow: uow.device_requests.sweep(limit=9)) == 0
    store.advance(600_000)
    assert await store.write(lambda uow: uow.device_requests.sweep(limit=9)) == 1
    assert await found(store, OTHER) is None
