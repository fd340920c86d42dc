"""Who is signed in at a browser."""

import pytest

from tests.server.flows.world import PASSWORD, World
from tokensmith.server.domain.errors import InvalidCredentialsError
from tokensmith.server.flows.browser_sessions import BrowserSessions, SessionRules

pytestmark = pytest.mark.anyio
SOURCE = "192.0.2.1"


@pytest.fixture
def sessions(world: World) -> BrowserSessions:
    rules = SessionRules(idle=3600, absolute=7200)
    return BrowserSessions(store=world.store, passwords=world.passwords, rules=rules)


async def test_a_browser_shows_a_secret_that_is_stored_nowhere(world: World, sessions: BrowserSessions) -> None:
    """ASVS 7.2.3: 256 random bits; the database has the digest."""
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    found = await sessions.find(secret)

    assert len(secret) == 43
    assert found is not None
    assert (found.user.name, found.session.amr) == ("ada", ("pwd",))
    assert secret.encode() not in repr(world.store._state.sessions).encode()


@pytest.mark.parametrize("secret", [None, "", "x" * 43])
async def test_no_secret_is_nobody(sessions: BrowserSessions, secret: str | None) -> None:
    assert await sessions.find(secret) is None


async def test_a_wrong_password_signs_nobody_in(world: World, sessions: BrowserSessions) -> None:
    with pytest.raises(InvalidCredentialsError):
        await sessions.sign_in("ada", "wrong", secret=None, source=SOURCE)

    assert world.store._state.sessions == {}


@pytest.mark.parametrize(("seconds", "there"), [(3599, True), (3600, False)])
async def test_a_session_rests_for_so_long(world: World, sessions: BrowserSessions, seconds: int, there: bool) -> None:
    """ASVS 7.3.1."""
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    world.pass_time(seconds)

    assert (await sessions.find(secret) is not None) is there


@pytest.mark.parametrize(("seconds", "there"), [(7199, True), (7200, False)])
async def test_a_session_is_over_whatever_happens(
    world: World, sessions: BrowserSessions, seconds: int, there: bool
) -> None:
    """ASVS 7.3.2: coming back does not make it longer than that."""
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    for _ in range(2):
        world.pass_time(3500)
        assert await sessions.find(secret) is not None
    world.pass_time(seconds - 7000)

    assert (await sessions.find(secret) is not None) is there


async def test_coming_back_is_noted_now_and_then(world: World, sessions: BrowserSessions) -> None:
    """No write for each page."""
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    world.pass_time(299)
    before = world.store.writes
    await sessions.find(secret)
    assert world.store.writes == before
    world.pass_time(1)
    await sessions.find(secret)
    assert world.store.writes == before + 1


async def test_a_new_proof_keeps_the_session_and_changes_its_secret(world: World, sessions: BrowserSessions) -> None:
    """What hangs on the session goes on; whoever knew the old secret knows nothing."""
    first = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    before = await sessions.find(first)
    world.pass_time(10)
    second = await sessions.sign_in("ada", PASSWORD, secret=first, source=SOURCE)
    after = await sessions.find(second)

    assert await sessions.find(first) is None
    assert before is not None
    assert after is not None
    assert after.session.id == before.session.id
    assert after.session.signed_in_at_ms == before.session.signed_in_at_ms + 10_000


async def test_another_person_ends_the_session(world: World, sessions: BrowserSessions) -> None:
    first = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    second = await sessions.sign_in("grace", PASSWORD, secret=first, source=SOURCE)
    found = await sessions.find(second)

    assert await sessions.find(first) is None
    assert found is not None
    assert found.user.name == "grace"
    assert len([one for one in world.store._state.sessions.values() if one.ended_at_ms is None]) == 1


async def test_a_switched_off_account_is_nobody(world: World, sessions: BrowserSessions) -> None:
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    await world.users.set_disabled("ada", disabled=True)

    assert await sessions.find(secret) is None


async def test_signing_out_ends_it_once(world: World, sessions: BrowserSessions) -> None:
    secret = await sessions.sign_in("ada", PASSWORD, secret=None, source=SOURCE)
    for _ in range(2):
        await sessions.end(secret, source=SOURCE)
    await sessions.end(None, source=SOURCE)

    assert await sessions.find(secret) is None
    assert await world.audited() == [*(await world.audited())[:-2], "signed_in", "signed_out"]


async def test_a_sign_in_without_a_browser_is_no_browsers(world: World, sessions: BrowserSessions) -> None:
    """`/api/login` makes sessions, too; none of them is shown by a cookie."""
    await world.sign_in()
    (session,) = world.store._state.sessions.values()

    assert not sessions.is_running(session, now_ms=world.store.now_ms)
