"""After a restored backup: what had begun before is over, what began later is not."""

import copy
from dataclasses import replace

import pytest

from tests.server.flows.world import PASSWORD, World
from tokensmith.server.domain.errors import ConflictError, InvalidGrantError
from tokensmith.server.domain.ids import ClientId, SessionId
from tokensmith.server.domain.signing_keys import Stage
from tokensmith.server.flows.browser_sessions import BrowserSessions, SessionRules
from tokensmith.server.flows.end_restored import BATCH, EndRestored

pytestmark = pytest.mark.anyio


def flow(world: World) -> EndRestored:
    return EndRestored(store=world.store, keys=world.keys)


async def test_a_grant_that_was_revoked_since_the_backup_ends_again(world: World) -> None:
    """The drill in small: the backup does not know of the sign-out, `restored` need not know either."""
    answer = await world.sign_in()
    place = (await world.read(answer)).place
    backup = copy.deepcopy(world.store._state)
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")
    assert not await world.is_running(answer)
    world.store._state = backup
    assert await world.is_running(answer)

    done = await flow(world).run()
    assert (done.sessions, done.grants, done.going_on) == (1, 1, 0)
    assert place.index in await world.store.read(lambda uow: uow.status_lists.revoked_indexes(place.list_id))
    with pytest.raises(InvalidGrantError) as caught:
        await world.refresh(answer.refresh_token)
    assert caught.value.code == "refresh_token_revoked"


async def test_every_key_is_replaced_and_its_successor_signs_at_once(world: World) -> None:
    """Tokens from after the backup have places that it does not know: only their keys can end them.

    One that is published already, and does not sign yet, must not stand in the way of a successor that does.
    """
    old = {key.kid for key in (await world.keys.all())[0]} | {(await world.keys.rotate("ES256")).kid}
    token = (await world.sign_in()).access_token
    done = await flow(world).run()
    world.ring.forget()

    keys, now_ms = await world.keys.all()
    active = {key.alg: key.kid for key in keys if key.stage(now_ms=now_ms) is Stage.ACTIVE}
    assert set(done.keys) == old
    assert {key.kid for key in keys if key.compromised} == old
    assert set(active) == {"ES256", "RS256"}
    assert not old & set(active.values())
    assert await world.own.read(token) is None
    again = await world.sign_in()
    assert await world.own.read(again.access_token) is not None


async def test_a_guard_is_never_told_that_nothing_has_changed(world: World) -> None:
    """It may hold the version that the restored list would be counted up to next."""
    list_id = (await world.read(await world.sign_in())).place.list_id
    held = (await world.publish_status.version(list_id)).version
    await flow(world).run()

    assert (await world.publish_status.version(list_id)).version > max(held + 100, world.store.now_ms - 1)


async def test_what_began_after_the_moment_goes_on(world: World) -> None:
    """Servers ran on the restored database already; on the millisecond is before."""
    old = await world.sign_in()
    moment = world.store.now_ms
    world.pass_time(0.001)
    new = await world.sign_in("grace")
    done = await flow(world).run(moment)

    assert (done.until_ms, done.sessions, done.grants, done.going_on) == (moment, 1, 1, 1)
    await world.refresh(new.refresh_token)
    with pytest.raises(InvalidGrantError):
        await world.refresh(old.refresh_token)
    again = await flow(world).run(moment)
    assert (again.keys, again.sessions, again.grants, again.going_on) == ((), 0, 0, 1)


async def test_a_browser_is_signed_out_and_its_clients_are_told(world: World) -> None:
    await world.make_web_client(backchannel_logout_uri="https://app.example/bye")
    rules = SessionRules(idle=3600, absolute=7200)
    browsers = BrowserSessions(store=world.store, passwords=world.passwords, rules=rules)
    secret = await browsers.sign_in("ada", PASSWORD, secret=None, source="192.0.2.1")
    signed_in = await browsers.find(secret)
    assert signed_in is not None
    await world.sign_in()
    state = world.store._state
    (grant,) = state.grants.values()
    state.grants[grant.id] = replace(grant, client_id=ClientId("web"), session_id=signed_in.session.id)
    await flow(world).run()

    assert await browsers.find(secret) is None
    notices = await world.store.read(lambda uow: uow.logout_notices.latest(limit=9))
    assert [(each.client_id, each.session_id) for each in notices] == [("web", signed_in.session.id)]


async def test_a_client_that_acts_for_itself_goes_on_with_a_new_grant(world: World) -> None:
    before = await world.client_credentials.run(
        await world.client("robot"), scope=None, resource=None, key_thumbprint=None
    )
    assert (await flow(world).run()).grants == 1
    world.ring.forget()
    after = await world.client_credentials.run(
        await world.client("robot"), scope=None, resource=None, key_thumbprint=None
    )

    assert await world.own.read(before.access_token) is None
    assert await world.is_running(after)


async def test_consents_are_asked_for_again(world: World) -> None:
    """One that was withdrawn since the backup is in it."""
    ada = world.store._state.user_keys["ada"]
    scopes = {next(iter(world.store._state.resources)): frozenset({"notes:read"})}
    await world.store.write(lambda uow: uow.consents.give(ada, ClientId("robot"), scopes))

    assert (await flow(world).run()).consents == 1
    assert await world.store.read(lambda uow: uow.consents.given(ada, ClientId("robot"))) == {}


async def test_many_end_in_small_transactions(world: World) -> None:
    """Nobody waits for all of them at once."""
    answer = await world.sign_in()
    state = world.store._state
    (session,), (grant,) = state.sessions.values(), state.grants.values()
    for number in range(2 * BATCH):
        session_id = SessionId(f"s{number}")
        state.sessions[session_id] = replace(session, id=session_id)
        state.grants[type(grant.id)(f"g{number}")] = replace(
            grant, id=type(grant.id)(f"g{number}"), session_id=session_id, offline=True
        )
    before = world.store.writes
    done = await flow(world).run()

    assert (done.sessions, done.grants) == (2 * BATCH + 1, 2 * BATCH + 1)
    assert world.store.writes - before > 6
    assert not [each for each in world.store._state.grants.values() if each.ended_at_ms is None]
    assert answer.refresh_token


async def test_it_is_audited_when_it_begins_and_with_its_outcome(world: World) -> None:
    """Broken off, the log says that it began."""
    await world.sign_in()
    await flow(world).run()
    rows = await world.store.read(lambda uow: uow.audit.latest(limit=100))
    events = [row.event.details for row in reversed(rows) if row.event.name.value == "restored"]
    until_ms = str(world.store.now_ms)

    assert events == [
        {"until_ms": until_ms},
        {"until_ms": until_ms, "sessions": "1", "grants": "1", "consents": "0"},
    ]


async def test_a_moment_to_come_is_refused(world: World) -> None:
    """It would end what begins between now and then, each time that it is run."""
    with pytest.raises(ConflictError) as caught:
        await flow(world).run(world.store.now_ms + 1)

    assert caught.value.code == "restored_in_future"
    assert "restored" not in await world.audited()
