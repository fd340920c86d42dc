"""Clients that have to hear of a sign-out, in every store."""

from dataclasses import replace
from typing import Final

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, APP, GRANT, NOW, ROBOT, SESSION, add_grants
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.domain.ids import GrantId, SessionId
from tokensmith.server.domain.logout_notices import CLAIM_MS, LogoutNotice
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio
NOTICE: Final = LogoutNotice(
    id="n", client_id=APP.id, user_id=ADA.id, session_id=SESSION.id, attempts=0, due_at_ms=NOW, error=None
)
LATER: Final = replace(NOTICE, id="l", due_at_ms=NOW + 5)


async def add_notices(store: AnyStore) -> None:
    await add_grants(store)
    for notice in (LATER, NOTICE):
        await store.write(lambda uow, notice=notice: uow.logout_notices.add(notice))


async def claimed(store: AnyStore, limit: int = 9) -> list[LogoutNotice]:
    return list(await store.write(lambda uow: uow.logout_notices.claim(limit=limit)))


async def test_what_is_due_is_taken_for_a_while(store: AnyStore) -> None:
    """The longest due first; and it is due again where nothing is heard of it."""
    await add_notices(store)
    taken = replace(NOTICE, attempts=1, due_at_ms=NOW + CLAIM_MS)
    assert await claimed(store) == [taken]
    assert await claimed(store) == []
    store.advance(5)
    assert [notice.id for notice in await claimed(store, limit=1)] == ["l"]
    store.advance(CLAIM_MS)
    assert {notice.attempts for notice in await claimed(store)} == {2}


async def test_what_became_of_it_is_noted(store: AnyStore) -> None:
    await add_notices(store)
    await store.write(lambda uow: uow.logout_notices.done("n", error="status_500", due_at_ms=NOW + 7))
    store.advance(1)
    await store.write(lambda uow: uow.logout_notices.done("l", error=None, due_at_ms=None))
    newest = await store.read(lambda uow: uow.logout_notices.latest(limit=9))

    assert newest == (replace(LATER, due_at_ms=None), replace(NOTICE, error="status_500", due_at_ms=NOW + 7))
    assert len(await store.read(lambda uow: uow.logout_notices.latest(limit=1))) == 1


async def test_what_is_done_with_is_forgotten_a_week_later(store: AnyStore) -> None:
    """What is not done with stays."""
    await add_notices(store)
    await store.write(lambda uow: uow.logout_notices.done("n", error=None, due_at_ms=None))
    store.advance(KEPT_MS - 1)
    assert await store.write(lambda uow: uow.logout_notices.sweep(limit=9)) == 0
    store.advance(1)
    assert await store.write(lambda uow: uow.logout_notices.sweep(limit=9)) == 1
    assert [each.id for each in await store.read(lambda uow: uow.logout_notices.latest(limit=9))] == ["l"]


async def test_those_listen_who_hold_a_grant_and_have_said_where(store: AnyStore) -> None:
    """Also one that has ended: its client may still show somebody as signed in."""
    await add_grants(store, GRANT, replace(GRANT, id=GrantId("second"), client_id=ROBOT.id))
    hears = Registration(backchannel_logout_uri="https://app.example/bye")
    listening: Client = replace(APP, registration=hears)
    await store.write(lambda uow: uow.clients.update(listening))
    await store.write(lambda uow: uow.grants.end(GRANT.id))

    assert await store.read(lambda uow: uow.logout_notices.listening(SESSION.id)) == (listening,)
    assert await store.read(lambda uow: uow.logout_notices.listening(SessionId("none"))) == ()
