"""Grants and their standing in every store."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import (
    ADA,
    APP,
    BOTH,
    GRANT,
    MAIL,
    NOTES,
    NOW,
    READ,
    ROBOT,
    SESSION,
    add_grants,
    add_world,
    family,
)
from tokensmith.server.domain.authorization_details import Detail
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import ClientId, GrantId, UserId
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio

OWN = Grant(id=GrantId("own"), client_id=ROBOT.id, user_id=None, session_id=None, created_at_ms=NOW, ended_at_ms=None)


async def test_a_persons_standing_is_everything_the_next_token_depends_on(store: AnyStore) -> None:
    """Scopes of person and client at every resource, also at those the grant does not reach; audiences in order."""

    async def unit(uow: UnitOfWork) -> None:
        await uow.users.allow(ADA.id, NOTES.id, scopes=BOTH)
        await uow.users.allow(ADA.id, MAIL.id, scopes=READ)
        await uow.clients.allow(APP.id, NOTES.id, scopes=READ)
        await uow.clients.allow(ROBOT.id, NOTES.id, scopes=BOTH)
        await uow.grants.add_audience(GRANT.id, MAIL.id, scopes=frozenset())

    await add_grants(store, GRANT)
    await store.write(unit)
    store.advance(3)

    assert await store.read(lambda uow: uow.grants.standing(GRANT.id)) == Standing(
        grant=GRANT,
        client=APP,
        user=ADA,
        amr=SESSION.amr,
        signed_in_at_ms=NOW,
        audiences=(
            GrantedAudience(resource=MAIL, scopes=frozenset(), place=None),
            GrantedAudience(resource=NOTES, scopes=READ, place=None),
        ),
        user_scopes={NOTES.id: BOTH, MAIL.id: READ},
        client_scopes={NOTES.id: READ},
        now_ms=NOW + 3,
    )


async def test_a_client_that_acts_for_itself_stands_without_a_person(store: AnyStore) -> None:
    """No user, no session; here no audience either."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.grants.add(OWN, audiences={})

    await store.write(unit)

    assert await store.read(lambda uow: uow.grants.standing(OWN.id)) == Standing(
        grant=OWN,
        client=ROBOT,
        user=None,
        amr=(),
        signed_in_at_ms=None,
        audiences=(),
        user_scopes={},
        client_scopes={},
        now_ms=NOW,
    )


async def test_the_place_is_part_of_the_standing(store: AnyStore) -> None:
    """Until it is given up."""
    await add_grants(store, GRANT)
    place = await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))
    taken = await store.read(lambda uow: uow.grants.standing(GRANT.id))
    await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
    left = await store.read(lambda uow: uow.grants.standing(GRANT.id))

    assert taken is not None
    assert left is not None
    assert [audience.place for audience in taken.audiences] == [place]
    assert [audience.place for audience in left.audiences] == [None]


async def test_an_unknown_grant_has_no_standing_and_does_not_end(store: AnyStore) -> None:
    """Nothing is raised for it either."""
    await store.write(add_world)

    assert await store.read(lambda uow: uow.grants.standing(GrantId("none"))) is None
    assert await store.write(lambda uow: uow.grants.end(GrantId("none"))) is False


async def test_an_audience_is_added_once_and_keeps_its_scopes(store: AnyStore) -> None:
    """Nothing happens where the grant reaches the resource already."""
    await add_grants(store, GRANT)
    await store.write(lambda uow: uow.grants.add_audience(GRANT.id, NOTES.id, scopes=BOTH))
    standing = await store.read(lambda uow: uow.grants.standing(GRANT.id))

    assert standing is not None
    assert [(one.resource, one.scopes) for one in standing.audiences] == [(NOTES, READ)]


async def test_what_was_granted_beyond_scopes_is_kept_with_its_audience(store: AnyStore) -> None:
    """RFC 9396: as it was allowed, member by member."""
    payment: Detail = {"type": "payment", "amount": {"value": "1.50"}, "actions": ["a"]}

    async def unit(uow: UnitOfWork) -> None:
        audiences = {NOTES.id: frozenset[str](), MAIL.id: READ}
        await uow.grants.add(replace(GRANT, id=GrantId("paid")), audiences=audiences, details={NOTES.id: (payment,)})

    await add_grants(store, GRANT)
    await store.write(unit)
    standing = await store.read(lambda uow: uow.grants.standing(GrantId("paid")))

    assert standing is not None
    found = {one.resource.id: (one.scopes, one.details) for one in standing.audiences}
    assert found == {NOTES.id: (frozenset(), (payment,)), MAIL.id: (READ, ())}


async def test_the_grant_of_a_client_itself_is_the_oldest_running_one(store: AnyStore) -> None:
    """Not one of a person through the same client, and not one that has ended."""
    later = replace(OWN, id=GrantId("a"), created_at_ms=NOW + 1)
    of_ada = replace(GRANT, client_id=ROBOT.id)

    async def unit(uow: UnitOfWork) -> None:
        for grant in (later, OWN):
            await uow.grants.add(grant, audiences={})

    await add_grants(store, of_ada)
    before = await store.read(lambda uow: uow.grants.of_client_itself(ROBOT.id))
    await store.write(unit)
    oldest = await store.read(lambda uow: uow.grants.of_client_itself(ROBOT.id))
    await store.write(lambda uow: uow.grants.end(OWN.id))
    next_one = await store.read(lambda uow: uow.grants.of_client_itself(ROBOT.id))

    assert (before, oldest, next_one) == (None, OWN.id, later.id)
    assert await store.read(lambda uow: uow.grants.of_client_itself(ClientId("none"))) is None


async def test_the_grant_by_assertion_is_of_this_client_and_person_and_no_session(store: AnyStore) -> None:
    """The oldest that runs, and not one of a device, which is of no session either."""
    asserted = replace(GRANT, id=GrantId("b"), session_id=None)
    device = replace(asserted, id=GrantId("c"), created_at_ms=0, offline=True)
    later = replace(asserted, id=GrantId("a"), created_at_ms=asserted.created_at_ms + 1)
    await add_grants(store, GRANT)
    assert await store.read(lambda uow: uow.grants.by_assertion(GRANT.client_id, ADA.id)) is None

    async def unit(uow: UnitOfWork) -> None:
        for grant in (device, later, asserted):
            await uow.grants.add(grant, audiences={})

    await store.write(unit)
    oldest = await store.read(lambda uow: uow.grants.by_assertion(GRANT.client_id, ADA.id))
    await store.write(lambda uow: uow.grants.end(asserted.id))
    next_one = await store.read(lambda uow: uow.grants.by_assertion(GRANT.client_id, ADA.id))

    assert (oldest, next_one) == (asserted.id, later.id)
    assert await store.read(lambda uow: uow.grants.by_assertion(ROBOT.id, ADA.id)) is None
    assert await store.read(lambda uow: uow.grants.by_assertion(GRANT.client_id, UserId("none"))) is None


async def test_the_standing_of_a_client_itself_is_found_by_its_name(store: AnyStore) -> None:
    """In one step; none where it holds nothing of its own, whatever people allowed it."""
    await add_grants(store, OWN, GRANT)
    by_id = await store.read(lambda uow: uow.grants.standing(OWN.id))

    assert await store.read(lambda uow: uow.grants.standing_of_client_itself(ROBOT.id)) == by_id
    assert await store.read(lambda uow: uow.grants.standing_of_client_itself(APP.id)) is None
    await store.write(lambda uow: uow.grants.end(OWN.id))
    assert await store.read(lambda uow: uow.grants.standing_of_client_itself(ROBOT.id)) is None


async def test_grants_end_when_their_family_has_expired(store: AnyStore) -> None:
    """RFC 9700 §4.14.2: idle and absolute limits. At the moment itself it is over; a millisecond before it is not."""
    early, late = family(), replace(family(), idle_expires_at_ms=NOW + 100_000_000)
    second = replace(GRANT, id=GrantId("second"))

    async def unit(uow: UnitOfWork) -> None:
        await uow.refresh_tokens.add(early)
        await uow.refresh_tokens.add(replace(late, grant_id=second.id))

    await add_grants(store, GRANT, second)
    await store.write(unit)
    store.advance(early.idle_expires_at_ms - NOW - 1)
    assert await store.write(lambda uow: uow.grants.end_expired(limit=10)) == 0

    store.advance(1)
    assert await store.write(lambda uow: uow.grants.end_expired(limit=10)) == 1
    assert await store.write(lambda uow: uow.grants.end_expired(limit=10)) == 0
    ended = await store.read(lambda uow: uow.refresh_tokens.find(early.family))
    runs = await store.read(lambda uow: uow.refresh_tokens.find(late.family))
    assert ended is not None
    assert ended[0].ended_at_ms == early.idle_expires_at_ms
    assert runs is not None
    assert runs[0].ended_at_ms is None


async def test_expired_grants_are_ended_a_few_at_a_time(store: AnyStore) -> None:
    """A sweep is a short transaction, however much there is to do."""
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(5)]

    async def unit(uow: UnitOfWork) -> None:
        for grant in grants:
            await uow.refresh_tokens.add(family(grant))

    await add_grants(store, *grants)
    await store.write(unit)
    store.advance(86_400_000)
    ended = [await store.write(lambda uow: uow.grants.end_expired(limit=2)) for _ in range(4)]

    assert ended == [2, 2, 1, 0]
