"""Consents in every store."""

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, APP, BOTH, GRACE, NOTES, READ, ROBOT, add_world

pytestmark = pytest.mark.anyio


async def test_consents_add_up(store: AnyStore) -> None:
    """One person's, for one client."""
    await store.write(add_world)
    await store.write(lambda uow: uow.consents.give(ADA.id, APP.id, {NOTES.id: READ}))
    await store.write(lambda uow: uow.consents.give(ADA.id, APP.id, {NOTES.id: READ}))
    assert await store.read(lambda uow: uow.consents.given(ADA.id, APP.id)) == {NOTES.id: READ}

    await store.write(lambda uow: uow.consents.give(ADA.id, APP.id, {NOTES.id: BOTH - READ}))
    assert await store.read(lambda uow: uow.consents.given(ADA.id, APP.id)) == {NOTES.id: BOTH}
    assert await store.read(lambda uow: uow.consents.given(GRACE.id, APP.id)) == {}
    assert await store.read(lambda uow: uow.consents.given(ADA.id, ROBOT.id)) == {}


async def test_what_was_allowed_can_be_taken_back(store: AnyStore) -> None:
    """From one client; the others keep theirs."""
    await store.write(add_world)
    for client in (APP, ROBOT):
        await store.write(lambda uow, client=client: uow.consents.give(ADA.id, client.id, {NOTES.id: READ}))

    await store.write(lambda uow: uow.consents.withdraw(ADA.id, APP.id))

    assert await store.read(lambda uow: uow.consents.given(ADA.id, APP.id)) == {}
    assert await store.read(lambda uow: uow.consents.given(ADA.id, ROBOT.id)) == {NOTES.id: READ}
