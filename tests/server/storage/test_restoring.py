"""What a restored backup brought back is found in every store, to the millisecond and in pieces."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, APP, BOTH, GRANT, MAIL, NOTES, NOW, ROBOT, SESSION, add_grants
from tokensmith.server.domain.ids import GrantId, SessionId
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio

OTHER = replace(GRANT, id=GrantId("h"), created_at_ms=NOW + 1)
# Made after the backup, by a browser that had been signed in before it.
BY_OLD_SESSION = replace(GRANT, id=GrantId("i"), created_at_ms=NOW + 99, signed_in_at_ms=NOW)


async def grants(store: AnyStore, *, until_ms: int, after: str = "", limit: int = 9) -> tuple[GrantId, ...]:
    return await store.read(lambda uow: uow.restoring.grants(until_ms=until_ms, after=after, limit=limit))


async def sessions(store: AnyStore, *, until_ms: int, after: str = "", limit: int = 9) -> list[str]:
    found = await store.read(lambda uow: uow.restoring.sessions(until_ms=until_ms, after=after, limit=limit))
    assert {user_id for _, user_id in found} <= {ADA.id}
    return [session_id for session_id, _ in found]


async def test_grants_are_found_that_began_by_then(store: AnyStore) -> None:
    """By their own beginning, or by the sign-in that they come from; not those that have ended."""
    await add_grants(store, GRANT, OTHER, BY_OLD_SESSION)
    assert await grants(store, until_ms=NOW - 1) == ()
    assert await grants(store, until_ms=NOW) == ("g", "i")
    assert await grants(store, until_ms=NOW + 1) == ("g", "h", "i")
    assert await store.read(lambda uow: uow.restoring.running_grants()) == 3
    await store.write(lambda uow: uow.grants.end(GRANT.id))

    assert await grants(store, until_ms=NOW) == ("i",)
    assert await store.read(lambda uow: uow.restoring.running_grants()) == 2


async def test_pieces_follow_one_another(store: AnyStore) -> None:
    """Each begins after the last one's end."""
    await add_grants(store, GRANT, OTHER, BY_OLD_SESSION)
    await store.write(lambda uow: uow.sessions.add(replace(SESSION, id=SessionId("t"))))

    assert await grants(store, until_ms=NOW + 1, limit=2) == ("g", "h")
    assert await grants(store, until_ms=NOW + 1, limit=2, after="h") == ("i",)
    assert await sessions(store, until_ms=NOW, limit=1) == ["s"]
    assert await sessions(store, until_ms=NOW, after="s") == ["t"]


async def test_sessions_are_found_whose_person_signed_in_by_then(store: AnyStore) -> None:
    """One that was proven again later is not among them; nor one that has ended."""
    await add_grants(store)
    assert await sessions(store, until_ms=NOW - 1) == []
    assert await sessions(store, until_ms=NOW) == ["s"]
    renewed = replace(SESSION, signed_in_at_ms=NOW + 1, secret_digest=b"n" * 32)
    await store.write(lambda uow: uow.sessions.renew(renewed))
    assert await sessions(store, until_ms=NOW) == []
    assert await sessions(store, until_ms=NOW + 1) == ["s"]
    await store.write(lambda uow: uow.sessions.end(SESSION.id))

    assert await sessions(store, until_ms=NOW + 1) == []


async def test_consents_are_forgotten_that_were_given_by_then(store: AnyStore) -> None:
    """Scope by scope; later ones of the same person to the same client stay."""

    async def forget(until_ms: int, limit: int = 9) -> int:
        return await store.write(lambda uow: uow.restoring.forget_consents(until_ms=until_ms, limit=limit))

    async def give(uow: UnitOfWork) -> None:
        await uow.consents.give(ADA.id, APP.id, {NOTES.id: BOTH})
        await uow.consents.give(ADA.id, ROBOT.id, {NOTES.id: BOTH})

    await add_grants(store)
    await store.write(give)
    store.advance(5)
    await store.write(lambda uow: uow.consents.give(ADA.id, APP.id, {MAIL.id: frozenset({"mail"}), NOTES.id: BOTH}))

    assert await forget(NOW - 1) == 0
    assert [await forget(NOW, 3), await forget(NOW, 3), await forget(NOW, 3)] == [3, 1, 0]
    assert await store.read(lambda uow: uow.consents.given(ADA.id, APP.id)) == {MAIL.id: {"mail"}}
    assert await store.read(lambda uow: uow.consents.given(ADA.id, ROBOT.id)) == {}
    assert await forget(NOW + 5) == 1


async def test_a_list_never_has_a_version_twice(store: AnyStore) -> None:
    """In the lost database it may have had any that was counted: the new one is beyond, and grows at every call."""
    await add_grants(store, GRANT)
    place = await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))
    versions = []
    for _ in range(2):
        await store.write(lambda uow: uow.restoring.renew_lists())
        versions.append((await store.read(lambda uow: uow.status_lists.versions()))[place.list_id])
    store.advance(1000)
    await store.write(lambda uow: uow.restoring.renew_lists())
    versions.append((await store.read(lambda uow: uow.status_lists.versions()))[place.list_id])

    assert versions == [NOW, NOW + 1, NOW + 1000]
