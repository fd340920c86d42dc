"""Resource servers in every store."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import APP, MAIL, NOTES, ROBOT, add_world
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.resources import Resource

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("resource", [NOTES, MAIL], ids=lambda resource: resource.id)
async def test_what_is_stored_comes_back(store: AnyStore, resource: Resource) -> None:
    """By id and by audience, with and without scopes and a client of its own."""
    await store.write(add_world)

    assert await store.read(lambda uow: uow.resources.find(resource.id)) == resource
    assert await store.read(lambda uow: uow.resources.find_by_audience(resource.audience)) == resource


async def test_an_audience_is_compared_exactly(store: AnyStore) -> None:
    """RFC 8707 §2 and RFC 3986 §6.2.1: a near match is no match."""
    await store.write(add_world)

    for near in ("https://notes.example/", "HTTPS://notes.example", "https://notes.exampl", ""):
        assert await store.read(lambda uow, near=near: uow.resources.find_by_audience(near)) is None
    assert await store.read(lambda uow: uow.resources.find(ResourceId("none"))) is None


async def test_an_audience_is_taken_once(store: AnyStore) -> None:
    """Two resources of one name would share their tokens."""
    await store.write(add_world)

    with pytest.raises(ConflictError) as refused:
        await store.write(lambda uow: uow.resources.add(replace(NOTES, id=ResourceId("other"))))

    assert refused.value.code == "resource_exists"


async def test_all_come_by_audience_and_some_by_their_client(store: AnyStore) -> None:
    """RFC 7662: who asks for a token must serve the resource it is for."""
    await store.write(add_world)

    assert await store.read(lambda uow: uow.resources.all()) == (MAIL, NOTES)
    assert await store.read(lambda uow: uow.resources.served_by(APP.id)) == (MAIL,)
    assert await store.read(lambda uow: uow.resources.served_by(ROBOT.id)) == ()


async def test_a_change_is_seen_by_the_very_next_reading(store: AnyStore) -> None:
    """Resources are made once per row; a row that was changed, and one that was changed back, are other rows."""

    async def found() -> Resource | None:
        return await store.read(lambda uow: uow.resources.find(NOTES.id))

    await store.write(add_world)
    assert await found() == NOTES
    changed = replace(NOTES, scopes=frozenset(), texts={"notes:read": "Read your notes"})
    await store.write(lambda uow: uow.resources.put(changed))
    assert await found() == changed
    await store.write(lambda uow: uow.resources.put(NOTES))

    assert await found() == NOTES
