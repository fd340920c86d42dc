"""What ends with a grant, and what does not, in every store."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import Executable

from tests.server.storage.clocked import ClockedStore
from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import (
    ADA,
    APP,
    GRACE,
    GRANT,
    MAIL,
    NOTES,
    NOW,
    READ,
    ROBOT,
    SESSION,
    add_grants,
    family,
)
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId, ResourceId, SessionId
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.storage import grant_endings
from tokensmith.server.storage.grants import SqlGrants
from tokensmith.server.storage.statements import Connection

pytestmark = pytest.mark.anyio

SAME_SESSION = replace(GRANT, id=GrantId("same session"), client_id=ROBOT.id)
SAME_USER = replace(GRANT, id=GrantId("same user"), session_id=None)
OTHER_USER = replace(GRANT, id=GrantId("other user"), session_id=None, user_id=GRACE.id)
ALL = (GRANT, SAME_SESSION, SAME_USER, OTHER_USER)

BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'"

Unit = Callable[[UnitOfWork], Awaitable[object]]


async def with_tokens(store: AnyStore, *grants: Grant) -> dict[GrantId, StatusPlace]:
    """Give every grant a family named after it, and a place at the notes resource."""
    await add_grants(store, *grants)

    async def unit(uow: UnitOfWork) -> dict[GrantId, StatusPlace]:
        for grant in grants:
            await uow.refresh_tokens.add(family(grant, name=grant.id.encode()))
        return {grant.id: await uow.status_lists.take(grant.id, NOTES.id) for grant in grants}

    return await store.write(unit)


async def running(store: AnyStore, places: dict[GrantId, StatusPlace]) -> set[str]:
    """The grants that run, after checking that family, bit and grant all say the same."""
    revoked = {
        StatusPlace(list_id=list_id, index=index)
        for list_id in await store.read(lambda uow: uow.status_lists.list_ids())
        for index in await store.read(lambda uow, list_id=list_id: uow.status_lists.revoked_indexes(list_id))
    }
    run: set[str] = set()
    for grant_id, place in places.items():
        standing = await store.read(lambda uow, grant_id=grant_id: uow.grants.standing(grant_id))
        found = await store.read(lambda uow, grant_id=grant_id: uow.refresh_tokens.find(grant_id.encode()))
        holder = await store.read(lambda uow, place=place: uow.status_lists.holder(place))
        assert standing is not None
        assert found is not None
        ended = standing.grant.ended_at_ms
        assert found[0].ended_at_ms == ended
        assert (holder is None) == (place in revoked) == (ended is not None)
        assert [one.place for one in standing.audiences] == [None if ended else place]
        run |= {grant_id} if ended is None else set()
    return run


@pytest.mark.parametrize(
    ("unit", "result", "left"),
    [
        (lambda uow: uow.grants.end(GRANT.id), True, {SAME_SESSION.id, SAME_USER.id, OTHER_USER.id}),
        (lambda uow: uow.grants.end_of_session(SESSION.id), 2, {SAME_USER.id, OTHER_USER.id}),
        (lambda uow: uow.grants.end_of_user(ADA.id), 3, {OTHER_USER.id}),
        (lambda uow: uow.grants.end_of_client(APP.id), 3, {SAME_SESSION.id}),
        (lambda uow: uow.grants.end_of_session(SessionId("none")), 0, {grant.id for grant in ALL}),
    ],
)
async def test_an_ending_takes_families_and_bits_along(
    store: AnyStore, unit: Unit, result: object, left: set[str]
) -> None:
    """RFC 7009 §2.1: with the grant go its refresh tokens and its access tokens, and nothing of anybody else."""
    places = await with_tokens(store, *ALL)

    assert await store.write(unit) == result
    assert await running(store, places) == left


async def test_a_second_ending_changes_nothing(store: AnyStore) -> None:
    """Neither the moment nor the version of the list."""
    places = await with_tokens(store, GRANT)
    list_id = places[GRANT.id].list_id
    await store.write(lambda uow: uow.grants.end(GRANT.id))
    once = await store.read(lambda uow: uow.status_lists.version(list_id))
    store.advance(5)

    assert await store.write(lambda uow: uow.grants.end(GRANT.id)) is False
    standing = await store.read(lambda uow: uow.grants.standing(GRANT.id))
    twice = await store.read(lambda uow: uow.status_lists.version(list_id))
    assert standing is not None
    assert standing.grant.ended_at_ms == NOW
    assert once is not None
    assert twice is not None
    assert twice.version == once.version


async def test_a_set_bit_makes_a_new_version(store: AnyStore) -> None:
    """A guard that asks with the old entity tag must get the new list."""
    places = await with_tokens(store, GRANT, SAME_USER)
    list_id = places[GRANT.id].list_id
    versions = [await store.read(lambda uow: uow.status_lists.version(list_id))]
    for unit in (lambda uow: uow.grants.end(GRANT.id), lambda uow: uow.grants.expire_tokens(SAME_USER.id)):
        await store.write(unit)
        versions.append(await store.read(lambda uow: uow.status_lists.version(list_id)))
    numbers = [found.version for found in versions if found is not None]

    assert len(set(numbers)) == 3
    assert numbers == sorted(numbers)


async def test_an_ending_that_is_rolled_back_has_not_happened(store: AnyStore) -> None:
    """An exception out of a unit takes back everything it did."""
    places = await with_tokens(store, GRANT)

    async def unit(uow: UnitOfWork) -> None:
        await uow.grants.end(GRANT.id)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(unit)

    assert await running(store, places) == {GRANT.id}


async def test_expiring_tokens_lets_the_grant_go_on_with_a_new_place(store: AnyStore) -> None:
    """The old bit is set, the new one is not, and the family is as it was."""
    places = await with_tokens(store, GRANT, SAME_USER)
    await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
    fresh = await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))

    assert fresh != places[GRANT.id]
    assert await store.read(lambda uow: uow.status_lists.holder(places[GRANT.id])) is None
    assert await running(store, {GRANT.id: fresh, SAME_USER.id: places[SAME_USER.id]}) == {GRANT.id, SAME_USER.id}


async def test_expiring_the_tokens_of_a_grant_that_has_none_is_nothing(store: AnyStore) -> None:
    """No place, no bit, no new version."""
    await add_grants(store, GRANT)
    await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))

    assert await store.read(lambda uow: uow.status_lists.list_ids()) == ()


@pytest.mark.parametrize(("resource_id", "given_up"), [(NOTES.id, 3), (MAIL.id, 1), (ResourceId("none"), 0)])
@pytest.mark.parametrize(
    ("whose", "theirs", "others"),
    [
        ("person", (GRANT, SAME_SESSION, SAME_USER), OTHER_USER),
        ("client", (GRANT, SAME_USER, OTHER_USER), SAME_SESSION),
    ],
)
async def test_a_change_of_permissions_expires_tokens_at_that_resource(
    store: AnyStore, *, whose: str, theirs: tuple[Grant, ...], others: Grant, resource_id: ResourceId, given_up: int
) -> None:
    """Of every running grant of the person or client; tokens for other resources, and other people's, stay good."""
    places = await with_tokens(store, *ALL)

    async def unit(uow: UnitOfWork) -> StatusPlace:
        await uow.grants.add_audience(GRANT.id, MAIL.id, scopes=READ)
        return await uow.status_lists.take(GRANT.id, MAIL.id)

    at_mail = await store.write(unit)

    async def expire(uow: UnitOfWork) -> int:
        if whose == "person":
            return await uow.grants.expire_tokens_of_user(ADA.id, resource_id=resource_id)
        return await uow.grants.expire_tokens_of_client(APP.id, resource_id=resource_id)

    count = await store.write(expire)
    held = {
        name: await store.read(lambda uow, place=place: uow.status_lists.holder(place)) is not None
        for name, place in {**places, "mail": at_mail}.items()
    }

    assert count == given_up
    assert held[others.id]
    assert held["mail"] is (resource_id != MAIL.id)
    assert all(held[grant.id] is (resource_id != NOTES.id) for grant in theirs)


def wait_until_blocked(url: str) -> None:
    """Wait until somebody waits for a lock."""
    with psycopg.connect(url, autocommit=True) as raw:
        while raw.execute(BLOCKED).fetchone() == (0,):
            time.sleep(0.005)


class Halting:
    """A connection that waits before one statement until the test lets it go, and says that it does."""

    def __init__(
        self, connection: Connection, before: Executable, *, reached: asyncio.Event, go: asyncio.Event
    ) -> None:
        self._connection = connection
        self._before = before
        self._reached = reached
        self._go = go
        self.rows, self.row, self.lock = connection.rows, connection.row, connection.lock

    async def change(self, statement: Executable, **values: object) -> int:
        if statement is self._before:
            self._reached.set()
            await self._go.wait()
        return await self._connection.change(statement, **values)


async def test_an_expiry_that_waited_for_another_does_not_let_go_of_a_newer_place(
    postgres_store: ClockedStore, migrated_postgres_url: str
) -> None:
    """Two expiries at once, and a refresh that takes a place between two statements of the second one.

    Without the lock on the grant the second would forget the new place without setting its bit, and no revocation
    would reach its tokens.
    """
    store, engine = postgres_store, postgres_store._engine
    places = await with_tokens(store, GRANT)
    first_done, first_go, reached, second_go = (asyncio.Event() for _ in range(4))

    async def first(connection: Connection) -> None:
        await SqlGrants(connection).expire_tokens(GRANT.id)
        first_done.set()
        await first_go.wait()

    async def second(connection: Connection) -> None:
        halting = Halting(connection, grant_endings._EXPIRE.let_go, reached=reached, go=second_go)
        await SqlGrants(halting).expire_tokens(GRANT.id)
        reached.set()

    tasks = [asyncio.create_task(engine.write(first))]
    await first_done.wait()
    tasks.append(asyncio.create_task(engine.write(second)))
    await asyncio.to_thread(wait_until_blocked, migrated_postgres_url)
    first_go.set()
    await tasks[0]
    # The second has seen which places it is about: were the refresh let in before, it could take the grant's lock
    # first, and its place would then be expired as it should be.
    await reached.wait()
    fresh = await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))
    second_go.set()
    await tasks[1]

    assert fresh != places[GRANT.id]
    assert await running(store, {GRANT.id: fresh}) == {GRANT.id}
