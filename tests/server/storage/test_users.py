"""People in every store."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, BOTH, GRACE, MAIL, NOTES, READ, add_world
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import UserId
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("user", [ADA, GRACE, replace(ADA, name="Ädä ✓", disabled=True)])
async def test_what_is_stored_comes_back(store: AnyStore, user: object) -> None:
    """Every field, by id and by name."""
    assert isinstance(user, type(ADA))
    await store.write(lambda uow: uow.users.add(user, key="key"))

    assert await store.read(lambda uow: uow.users.find(user.id)) == user
    assert await store.read(lambda uow: uow.users.find_by_name_key("key")) == user


async def test_nobody_is_nobody(store: AnyStore) -> None:
    """Neither by id nor by name."""
    assert await store.read(lambda uow: uow.users.find(UserId("nobody"))) is None
    assert await store.read(lambda uow: uow.users.find_by_name_key("nobody")) is None
    assert await store.read(lambda uow: uow.users.scopes(UserId("nobody"))) == {}


async def test_a_name_is_taken_once(store: AnyStore) -> None:
    """RFC 8265 §3.3: one person per folded name; the transaction of whoever comes second goes on."""

    async def second(uow: UnitOfWork) -> str:
        try:
            await uow.users.add(GRACE, key="ada")
        except ConflictError as error:
            await uow.users.add(GRACE, key="grace")
            return error.code
        return ""

    await store.write(lambda uow: uow.users.add(ADA, key="ada"))

    assert await store.write(second) == "user_exists"
    assert await store.read(lambda uow: uow.users.find_by_name_key("ada")) == ADA
    assert await store.read(lambda uow: uow.users.find_by_name_key("grace")) == GRACE


async def test_password_and_switch_are_changed_for_one_person(store: AnyStore) -> None:
    """Grace keeps hers."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.users.replace_password_hash(ADA.id, password_hash="new")
        await uow.users.set_disabled(ADA.id, disabled=True)

    await store.write(unit)

    changed = replace(ADA, password_hash="new", disabled=True)
    assert await store.read(lambda uow: uow.users.find(ADA.id)) == changed
    assert await store.read(lambda uow: uow.users.find(GRACE.id)) == GRACE


async def test_scopes_are_added_and_taken_away(store: AnyStore) -> None:
    """Twice the same is once; a resource with none left is not named."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.users.allow(ADA.id, NOTES.id, scopes=READ)
        await uow.users.allow(ADA.id, NOTES.id, scopes=BOTH)
        await uow.users.allow(ADA.id, MAIL.id, scopes=READ)
        await uow.users.forbid(ADA.id, MAIL.id, scopes=BOTH)
        await uow.users.forbid(GRACE.id, NOTES.id, scopes=READ)

    await store.write(unit)
    await store.write(lambda uow: uow.users.forbid(ADA.id, NOTES.id, scopes=READ))

    assert await store.read(lambda uow: uow.users.scopes(ADA.id)) == {NOTES.id: BOTH - READ}
    assert await store.read(lambda uow: uow.users.scopes(GRACE.id)) == {}


async def test_those_who_have_a_scope_are_counted(store: AnyStore) -> None:
    """At this resource, and not what is called the same at another."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        for user in (ADA, GRACE):
            await uow.users.allow(user.id, NOTES.id, scopes=READ)
        await uow.users.allow(ADA.id, NOTES.id, scopes=BOTH)
        await uow.users.allow(GRACE.id, MAIL.id, scopes=BOTH)

    await store.write(unit)

    assert await store.read(lambda uow: uow.users.how_many_have(NOTES.id, "notes:read")) == 2
    assert await store.read(lambda uow: uow.users.how_many_have(NOTES.id, "notes:write")) == 1
    assert await store.read(lambda uow: uow.users.how_many_have(NOTES.id, "notes")) == 0
