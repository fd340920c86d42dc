"""Sessions in every store."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import NOW, SESSION, add_world
from tokensmith.server.domain.ids import SessionId
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio
OTHER = replace(SESSION, id=SessionId("other"), amr=())


async def add_sessions(uow: UnitOfWork) -> None:
    await add_world(uow)
    await uow.sessions.add(SESSION)
    await uow.sessions.add(OTHER)


async def test_what_is_stored_comes_back(store: AnyStore) -> None:
    """The order of the methods is kept (RFC 8176 names none)."""
    await store.write(add_sessions)

    assert await store.read(lambda uow: uow.sessions.find(SESSION.id)) == SESSION
    assert await store.read(lambda uow: uow.sessions.find(OTHER.id)) == OTHER
    assert await store.read(lambda uow: uow.sessions.find(SessionId("none"))) is None


async def test_a_session_ends_once_at_the_databases_time(store: AnyStore) -> None:
    """A second end changes nothing, and no other session ends with it."""
    await store.write(add_sessions)
    store.advance(7)

    assert await store.write(lambda uow: uow.sessions.end(SESSION.id)) is True
    store.advance(7)
    assert await store.write(lambda uow: uow.sessions.end(SESSION.id)) is False
    assert await store.write(lambda uow: uow.sessions.end(SessionId("none"))) is False
    ended = replace(SESSION, ended_at_ms=NOW + 7)
    assert await store.read(lambda uow: uow.sessions.find(SESSION.id)) == ended
    assert await store.read(lambda uow: uow.sessions.find(OTHER.id)) == OTHER
