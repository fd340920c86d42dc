"""How a session ends (P93)."""

import pytest

from tests.server.flows.world import PASSWORD, World
from tokensmith.server.flows.browser_sessions import BrowserSessions, SessionRules
from tokensmith.server.flows.end_sessions import end_session

pytestmark = pytest.mark.anyio


async def test_a_new_password_signs_out_every_browser(world: World) -> None:
    """And so does switching the account off; another person's stay."""
    rules = SessionRules(idle=3600, absolute=7200)
    sessions = BrowserSessions(store=world.store, passwords=world.passwords, rules=rules)
    secrets = [await sessions.sign_in("ada", PASSWORD, secret=None, source=f"192.0.2.{n}") for n in range(2)]
    other = await sessions.sign_in("grace", PASSWORD, secret=None, source="192.0.2.9")
    program = await world.sign_in()
    await world.users.set_password("ada", password="another horse")

    assert [await sessions.find(secret) for secret in secrets] == [None, None]
    assert await sessions.find(other) is not None
    assert not await world.is_running(program)
    again = await sessions.sign_in("ada", "another horse", secret=None, source="192.0.2.1")
    await world.users.set_disabled("ada", disabled=True)
    await world.users.set_disabled("ada", disabled=False)
    assert await sessions.find(again) is None


async def test_a_session_ends_once_and_clients_are_told_once(world: World) -> None:
    await world.make_web_client(backchannel_logout_uri="https://app.example/bye")
    await world.sign_in()
    (session,) = world.store._state.sessions.values()
    (grant,) = world.store._state.grants.values()
    world.store._state.grants[grant.id] = type(grant)(
        **{**{name: getattr(grant, name) for name in grant.__slots__}, "client_id": "web"}
    )

    ended = [await world.store.write(lambda uow: end_session(uow, session.id, session.user_id)) for _ in range(2)]
    notices = await world.store.read(lambda uow: uow.logout_notices.latest(limit=9))
    assert ended == [True, False]
    assert [(each.client_id, each.session_id, each.attempts) for each in notices] == [("web", session.id, 0)]
