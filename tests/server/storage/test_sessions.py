"""Sessions in every store."""

from dataclasses import replace

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import GRACE, NOW, SESSION, add_world
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


BROWSER = replace(
    SESSION, id=SessionId("browser"), secret_digest=b"s" * 32, seen_at_ms=NOW, expires_at_ms=NOW + 86_400_000
)


async def add_browser(uow: UnitOfWork) -> None:
    await add_sessions(uow)
    await uow.sessions.add(BROWSER)


async def test_a_browser_is_known_by_its_secret(store: AnyStore) -> None:
    """And by nothing else; a sign-in without a browser has none."""
    await store.write(add_browser)

    assert await store.read(lambda uow: uow.sessions.find_by_secret(b"s" * 32)) == BROWSER
    assert await store.read(lambda uow: uow.sessions.find_by_secret(b"t" * 32)) is None


async def test_a_new_proof_changes_the_secret(store: AnyStore) -> None:
    """Session fixation: what was known of the session before is worth nothing after (ASVS 7.2.4)."""
    await store.write(add_browser)
    store.advance(7)
    again = replace(BROWSER, amr=("pwd",), signed_in_at_ms=NOW + 7, secret_digest=b"t" * 32, expires_at_ms=NOW + 9)

    assert await store.write(lambda uow: uow.sessions.renew(again))
    assert await store.read(lambda uow: uow.sessions.find_by_secret(b"s" * 32)) is None
    found = await store.read(lambda uow: uow.sessions.find_by_secret(b"t" * 32))
    assert found == replace(again, seen_at_ms=NOW + 7)


async def test_neither_an_ended_session_nor_another_persons_is_renewed(store: AnyStore) -> None:
    await store.write(add_browser)
    assert not await store.write(lambda uow: uow.sessions.renew(replace(BROWSER, user_id=GRACE.id)))

    await store.write(lambda uow: uow.sessions.end(BROWSER.id))
    assert not await store.write(lambda uow: uow.sessions.renew(BROWSER))


async def test_a_session_notes_when_its_browser_came(store: AnyStore) -> None:
    """Not once it has ended."""
    await store.write(add_browser)
    store.advance(7)
    await store.write(lambda uow: uow.sessions.seen(BROWSER.id))
    assert await store.read(lambda uow: uow.sessions.find(BROWSER.id)) == replace(BROWSER, seen_at_ms=NOW + 7)

    await store.write(lambda uow: uow.sessions.end(BROWSER.id))
    store.advance(7)
    await store.write(lambda uow: uow.sessions.seen(BROWSER.id))
    ended = replace(BROWSER, seen_at_ms=NOW + 7, ended_at_ms=NOW + 7)
    assert await store.read(lambda uow: uow.sessions.find(BROWSER.id)) == ended


async def test_a_persons_running_sessions_are_found(store: AnyStore) -> None:
    """For a new password, which ends them all."""
    await store.write(add_browser)
    await store.write(lambda uow: uow.sessions.end(OTHER.id))

    assert await store.write(lambda uow: uow.sessions.running_of(SESSION.user_id)) == (BROWSER.id, SESSION.id)
    assert await store.write(lambda uow: uow.sessions.running_of(GRACE.id)) == ()
