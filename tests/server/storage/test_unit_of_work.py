"""What a unit of work may rely on, in every store."""

import pytest

from tests.server.storage.clocked import ClockedStore
from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, NOTES, NOW, add_world
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork

pytestmark = pytest.mark.anyio


async def test_the_time_is_the_databases(store: AnyStore) -> None:
    """In a read and in a write."""
    store.advance(11)

    assert await store.read(lambda uow: uow.now_ms()) == NOW + 11
    assert await store.write(lambda uow: uow.now_ms()) == NOW + 11


async def test_a_unit_sees_what_it_has_written(store: AnyStore) -> None:
    """And returns what it returns."""

    async def unit(uow: UnitOfWork) -> object:
        await add_world(uow)
        return await uow.users.find(ADA.id)

    assert await store.write(unit) == ADA


async def test_an_exception_takes_everything_back(store: AnyStore) -> None:
    """It comes out as it is; the next unit finds nothing of it."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        raise KeyError(NOTES.id)

    with pytest.raises(KeyError):
        await store.write(unit)

    assert await store.read(lambda uow: uow.users.find(ADA.id)) is None
    await store.write(add_world)
    assert await store.read(lambda uow: uow.users.find(ADA.id)) == ADA


async def test_a_read_cannot_write(real_store: ClockedStore) -> None:
    """A mistake in a flow is found at once, and not by its effects on a standby."""
    with pytest.raises(Exception, match=r"tried to write|readonly|cannot be used"):
        await real_store.read(add_world)

    assert await real_store.read(lambda uow: uow.resources.all()) == ()


async def test_a_statement_that_breaks_a_constraint_is_a_mistake_of_ours(real_store: ClockedStore) -> None:
    """It comes out as what it is, not as an outage, and the store goes on."""

    async def unit(uow: UnitOfWork) -> None:
        await uow.users.allow(ADA.id, NOTES.id, scopes=frozenset({"of nobody"}))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await real_store.write(unit)

    await real_store.write(add_world)


async def test_it_is_what_the_domain_asks_for(store: AnyStore) -> None:
    """Checked by mypy; here the name is used."""
    as_asked: Store = store

    assert await as_asked.read(lambda uow: uow.now_ms()) == NOW
