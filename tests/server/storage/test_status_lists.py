"""Places in status lists, in every store; two racers are in test_races.py."""

from dataclasses import replace

import pytest

from tests.server.storage.clocked import ClockedStore
from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import GRANT, MAIL, NOTES, NOW, READ, add_grants
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.status_lists import CLEARED_FOR_SECONDS, LIST_SIZE, SET_FOR_SECONDS, StatusPlace
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.storage import status_lists

pytestmark = pytest.mark.anyio


async def take(store: AnyStore, grant_id: GrantId = GRANT.id) -> StatusPlace:
    return await store.write(lambda uow: uow.status_lists.take(grant_id, NOTES.id))


async def test_a_place_is_kept_until_it_is_given_up(store: AnyStore) -> None:
    """Every access token of a grant for one audience carries the same index."""
    await add_grants(store, GRANT)
    place = await take(store)

    assert 0 <= place.index < LIST_SIZE
    assert await take(store) == place
    assert await store.read(lambda uow: uow.status_lists.holder(place)) == GRANT.id
    assert await store.read(lambda uow: uow.status_lists.list_ids()) == (place.list_id,)
    assert await store.read(lambda uow: uow.status_lists.versions()) == {place.list_id: 1}
    assert await store.read(lambda uow: uow.status_lists.revoked_indexes(place.list_id)) == ()


async def test_each_audience_has_a_place_of_its_own(store: AnyStore) -> None:
    """Two services cannot tell from their tokens that they are of one person (Token Status List §12.2)."""
    await add_grants(store, GRANT)
    await store.write(lambda uow: uow.grants.add_audience(GRANT.id, MAIL.id, scopes=READ))
    at_mail = await store.write(lambda uow: uow.status_lists.take(GRANT.id, MAIL.id))

    assert await take(store) != at_mail


async def test_places_are_spread_over_the_list(store: AnyStore) -> None:
    """Token Status List §12.3: an index must not say who signed in after whom. Chance of failing: below 2^-60."""
    await add_grants(store, GRANT)
    taken = []
    for _ in range(64):
        taken.append((await take(store)).index)
        await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))

    assert len(set(taken)) == 64
    assert min(taken) < LIST_SIZE // 2 < max(taken)
    assert taken != sorted(taken)


@pytest.mark.parametrize("case", ["ended", "unknown", "elsewhere"])
async def test_no_place_is_given_to_a_grant_that_no_revocation_would_reach(store: AnyStore, case: str) -> None:
    """A refresh that comes in beside a sign-out must not leave with a token that nobody can end."""
    await add_grants(store, GRANT)
    if case == "ended":
        await store.write(lambda uow: uow.grants.end(GRANT.id))
    grant_id = GrantId("none") if case == "unknown" else GRANT.id
    resource_id = MAIL.id if case == "elsewhere" else NOTES.id

    with pytest.raises(InvalidGrantError) as refused:
        await store.write(lambda uow: uow.status_lists.take(grant_id, resource_id))

    assert refused.value.code == "grant_ended"


async def test_a_list_that_is_not_there_has_no_version(store: AnyStore) -> None:
    """And its places nobody holds."""
    nowhere = StatusPlace(list_id=9, index=0)

    assert await store.read(lambda uow: uow.status_lists.version(9)) is None
    assert await store.read(lambda uow: uow.status_lists.revoked_indexes(9)) == ()
    assert await store.read(lambda uow: uow.status_lists.holder(nowhere)) is None
    assert await store.read(lambda uow: uow.status_lists.list_ids()) == ()


async def test_touching_makes_every_list_new(store: AnyStore) -> None:
    """Guards fetch it again and find the key that was retired."""
    await add_grants(store, GRANT)
    place = await take(store)
    before = await store.read(lambda uow: uow.status_lists.version(place.list_id))
    store.advance(3)
    await store.write(lambda uow: uow.status_lists.touch_all())
    after = await store.read(lambda uow: uow.status_lists.version(place.list_id))

    assert before is not None
    assert after is not None
    assert after.version > before.version
    assert (before.now_ms, after.now_ms) == (NOW, NOW + 3)


async def test_a_bit_stays_set_until_no_token_can_be_good(store: AnyStore) -> None:
    """Then it is cleared, with a new version; a millisecond before, it is not."""
    await add_grants(store, GRANT)
    place = await take(store)
    await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
    store.advance(SET_FOR_SECONDS * 1000 - 1)

    assert await store.write(lambda uow: uow.status_lists.sweep(limit=10)) == 0
    assert await store.read(lambda uow: uow.status_lists.revoked_indexes(place.list_id)) == (place.index,)

    before = await store.read(lambda uow: uow.status_lists.version(place.list_id))
    store.advance(1)
    assert await store.write(lambda uow: uow.status_lists.sweep(limit=10)) == 1
    assert await store.read(lambda uow: uow.status_lists.revoked_indexes(place.list_id)) == ()
    assert await store.read(lambda uow: uow.status_lists.holder(place)) is None
    after = await store.read(lambda uow: uow.status_lists.version(place.list_id))
    assert before is not None
    assert after is not None
    assert after.version > before.version


async def test_a_place_in_use_is_never_swept(store: AnyStore) -> None:
    """However long the grant runs."""
    await add_grants(store, GRANT)
    place = await take(store)
    store.advance(400 * SET_FOR_SECONDS * 1000)

    assert await store.write(lambda uow: uow.status_lists.sweep(limit=10)) == 0
    assert await store.read(lambda uow: uow.status_lists.holder(place)) == GRANT.id


async def test_a_sweep_is_bounded(store: AnyStore) -> None:
    """However many are due."""
    await add_grants(store, GRANT)
    for _ in range(5):
        await take(store)
        await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
    store.advance(SET_FOR_SECONDS * 1000)
    cleared = [await store.write(lambda uow: uow.status_lists.sweep(limit=2)) for _ in range(4)]

    assert cleared == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("waited_ms", "free"), [(CLEARED_FOR_SECONDS * 1000 - 1, False), (CLEARED_FOR_SECONDS * 1000, True)]
)
async def test_a_cleared_index_is_given_out_only_when_no_guard_sees_it_set(
    store: AnyStore, monkeypatch: pytest.MonkeyPatch, waited_ms: int, free: bool
) -> None:
    """A guard with yesterday's list would refuse the new token for the old one's sake."""
    indexes = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(indexes))
    await add_grants(store, GRANT)
    first = await take(store)
    await store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))
    store.advance(SET_FOR_SECONDS * 1000)
    await store.write(lambda uow: uow.status_lists.sweep(limit=10))
    store.advance(waited_ms)
    await store.write(lambda uow: uow.status_lists.sweep(limit=10))
    second = await take(store)

    assert first.index == 7
    assert second.index == (7 if free else 8)


async def test_a_new_list_is_begun_when_the_newest_is_crowded(
    real_store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full list would make every sign-in draw for ever."""
    monkeypatch.setattr("secrets.randbelow", lambda _: 5)
    grants = [replace(GRANT, id=GrantId(f"g{number}")) for number in range(3)]
    await add_grants(real_store, *grants)
    places = [await take(real_store, grant.id) for grant in grants]

    assert [(place.list_id, place.index) for place in places] == [(1, 5), (2, 5), (3, 5)]
    assert await real_store.read(lambda uow: uow.status_lists.list_ids()) == (1, 2, 3)


async def test_an_old_list_fills_up_again(real_store: ClockedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any list is tried first, so that lists do not multiply for ever."""
    await add_grants(real_store, GRANT)

    async def lists(uow: UnitOfWork) -> None:
        for list_id in (1, 2, 3):
            await uow.status_lists._connection.change(status_lists._NEW_LIST, id=list_id)  # type: ignore[attr-defined]

    await real_store.write(lists)
    tried = set()
    for _ in range(40):
        tried.add((await take(real_store)).list_id)
        await real_store.write(lambda uow: uow.grants.expire_tokens(GRANT.id))

    assert tried == {1, 2, 3}
