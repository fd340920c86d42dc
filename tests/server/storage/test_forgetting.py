"""What is over for long enough is forgotten, in every store, and nothing else."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, GRANT, NOTES, NOW, SESSION, add_grants, family
from tests.server.storage.test_authorization_codes import CODE
from tests.server.storage.test_device_requests import DEVICE
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId, SessionId
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio
OTHER = replace(GRANT, id=GrantId("other"))
BROWSER = replace(SESSION, id=SessionId("browser"), secret_digest=b"s" * 32, seen_at_ms=NOW, expires_at_ms=NOW + 60_000)


async def is_there(store: AnyStore, grant: Grant) -> bool:
    return await store.read(lambda uow: uow.grants.standing(grant.id)) is not None


async def has_session(store: AnyStore, session: Session = SESSION) -> bool:
    return await store.read(lambda uow: uow.sessions.find(session.id)) is not None


async def forget(store: AnyStore, limit: int = 9) -> int:
    return await store.write(lambda uow: uow.forgetting.grants(limit=limit))


async def test_an_ended_grant_goes_with_all_that_hung_under_it(store: AnyStore) -> None:
    """A week later, to the millisecond; its session when it was the last one."""
    row = family()

    async def hang(uow: UnitOfWork) -> None:
        await uow.refresh_tokens.add(row)
        await uow.authorization_codes.add(CODE)
        await uow.device_requests.add(DEVICE)
        await uow.device_requests.answer(DEVICE.digest, grant_id=GRANT.id, resource_id=NOTES.id)
        await uow.status_lists.take(GRANT.id, NOTES.id)
        await uow.grants.end(GRANT.id)

    await add_grants(store, GRANT, OTHER)
    await store.write(hang)
    store.advance(KEPT_MS - 1)
    assert await forget(store) == 0
    store.advance(1)
    assert await forget(store) == 1
    assert (await is_there(store, GRANT), await is_there(store, OTHER)) == (False, True)
    assert await store.read(lambda uow: uow.refresh_tokens.find(row.family)) is None
    assert await store.read(lambda uow: uow.authorization_codes.find(CODE.digest)) is None
    assert await store.read(lambda uow: uow.device_requests.find(DEVICE.digest)) is None
    assert await has_session(store)
    await store.write(lambda uow: uow.grants.end(OTHER.id))
    store.advance(KEPT_MS)
    assert await forget(store) == 1
    assert not await has_session(store)


async def test_the_oldest_go_first_and_no_more_than_asked_for(store: AnyStore) -> None:
    await add_grants(store, GRANT, OTHER)
    for grant in (OTHER, GRANT):
        await store.write(lambda uow, grant=grant: uow.grants.end(grant.id))
        store.advance(10)
    store.advance(KEPT_MS)

    assert await forget(store, limit=1) == 1
    assert (await is_there(store, GRANT), await is_there(store, OTHER)) == (True, False)


async def test_a_browser_that_is_signed_in_stays_so(store: AnyStore) -> None:
    """A session goes on when its last grant is forgotten, until its own time."""
    grant = replace(GRANT, session_id=BROWSER.id)
    await add_grants(store)
    long_lived = replace(BROWSER, expires_at_ms=NOW + 2 * KEPT_MS)
    await store.write(lambda uow: uow.sessions.add(long_lived))
    await store.write(lambda uow: uow.grants.add(grant, audiences={}))
    await store.write(lambda uow: uow.grants.end(grant.id))
    store.advance(KEPT_MS)

    assert await forget(store) == 1
    assert await has_session(store, BROWSER)


async def test_sessions_that_nothing_hangs_on_are_forgotten_after_their_time(store: AnyStore) -> None:
    """Those without a browser go with their last grant instead."""
    await add_grants(store)
    await store.write(lambda uow: uow.sessions.add(BROWSER))
    held = replace(BROWSER, id=SessionId("held"), secret_digest=b"h" * 32)
    await store.write(lambda uow: uow.sessions.add(held))
    await store.write(lambda uow: uow.grants.add(replace(GRANT, session_id=held.id), audiences={}))

    async def sweep() -> int:
        return await store.write(lambda uow: uow.forgetting.sessions(limit=9))

    store.advance(60_000 + KEPT_MS - 1)
    assert await sweep() == 0
    store.advance(1)
    assert await sweep() == 1
    assert (await has_session(store, BROWSER), await has_session(store, held)) == (False, True)
    assert await has_session(store)


async def test_old_events_are_forgotten_and_numbers_stay(store: AnyStore) -> None:
    """The oldest, as far as they are old enough; a number is never given again."""
    event = AuditEvent(name=AuditName.SIGNED_IN, user_id=ADA.id)
    for _ in range(3):
        await store.write(lambda uow: uow.audit.record(event))
        store.advance(10)

    async def forget_events(keep_ms: int, limit: int = 9) -> int:
        return await store.write(lambda uow: uow.forgetting.audit(keep_ms=keep_ms, limit=limit))

    before = [row.number for row in await store.read(lambda uow: uow.audit.latest(limit=9))]
    assert await forget_events(31) == 0
    assert await forget_events(20, limit=1) == 1
    assert await forget_events(20) == 1
    await store.write(lambda uow: uow.audit.record(event))
    after = [row.number for row in await store.read(lambda uow: uow.audit.latest(limit=9))]
    assert after[1:] == before[:1]
    assert after[0] > before[0]
