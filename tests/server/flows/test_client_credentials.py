"""A client asks for itself (RFC 6749 §4.4)."""

from dataclasses import replace

import pytest

from tests.server.fake_grants import FakeGrants
from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidScopeError, InvalidTargetError, UnauthorizedClientError
from tokensmith.server.flows.tokens import TokenAnswer

pytestmark = pytest.mark.anyio


async def ask(
    world: World, client_id: str = "robot", *, scope: str | None = None, resource: str | None = None
) -> TokenAnswer:
    return await world.client_credentials.run(
        await world.client(client_id), scope=scope, resource=resource, key_thumbprint=None
    )


async def test_the_token_speaks_for_the_client_and_comes_without_a_refresh_token(world: World) -> None:
    """RFC 6749 §4.4.3; RFC 9700 §4.15: its subject can be no person's."""
    answer = await ask(world)
    token = await world.read(answer)

    assert answer.refresh_token is None
    assert answer.scope == READ
    assert token.claims["sub"] == "client:robot"
    assert not {"sid", "auth_time", "amr"} & set(token.claims)


async def test_later_tokens_write_nothing_and_share_one_status_index(world: World) -> None:
    """Nothing is stored per access token."""
    first = await ask(world)
    before = world.store.writes
    second = await ask(world)

    assert world.store.writes == before
    assert (await world.read(first)).place == (await world.read(second)).place


async def test_after_a_revocation_the_next_token_has_a_new_index(world: World) -> None:
    first = await ask(world)
    await world.revoke.run(await world.client("robot"), first.access_token, source="192.0.2.1")
    second = await ask(world)

    assert not await world.is_running(first)
    assert await world.is_running(second)


async def test_a_client_switched_off_and_on_starts_anew(world: World) -> None:
    first = await ask(world)
    await world.clients.set_disabled("robot", disabled=True)
    await world.clients.set_disabled("robot", disabled=False)
    second = await ask(world)

    assert not await world.is_running(first)
    assert await world.is_running(second)


async def test_a_scope_the_client_has_not_is_refused(world: World) -> None:
    with pytest.raises(InvalidScopeError) as caught:
        await ask(world, scope=WRITE)

    assert caught.value.code == "scope_empty"


@pytest.mark.parametrize("resource", ["https://other.example", None])
async def test_a_resource_that_is_not_for_the_client_is_refused(world: World, resource: str | None) -> None:
    """`watcher` may ask for nothing anywhere, and has no default."""
    with pytest.raises(InvalidTargetError):
        await ask(world, "watcher", resource=resource)
    with pytest.raises(InvalidTargetError):
        await ask(world, "watcher", resource=NOTES)


async def test_a_second_resource_gets_an_audience_and_an_index_of_its_own(world: World) -> None:
    """P50."""
    await world.resources.create("https://mail.example", scopes=["mail:send"])
    await world.clients.allow("robot", audience="https://mail.example", scopes=frozenset({"mail:send"}))
    notes, mail = await ask(world), await ask(world, resource="https://mail.example")

    assert (await world.read(mail)).audience == "https://mail.example"
    assert mail.scope == "mail:send"
    assert (await world.read(mail)).place != (await world.read(notes)).place


async def test_a_public_client_may_not_ask_for_itself(world: World) -> None:
    """P48: RFC 6749 §4.4: confidential clients only."""
    with pytest.raises(UnauthorizedClientError):
        await ask(world, FIRST_PARTY)


async def test_a_client_without_the_grant_type_may_not(world: World) -> None:
    robot = replace(await world.client("robot"), grant_types=frozenset())

    with pytest.raises(UnauthorizedClientError) as caught:
        await world.client_credentials.run(robot, scope=None, resource=None, key_thumbprint=None)
    assert caught.value.code == "unauthorized_client"


async def test_a_grant_that_cannot_be_read_back_gives_no_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken invariant of the store is refused, never guessed around."""

    async def vanish(*_: object) -> None:
        return None

    monkeypatch.setattr(FakeGrants, "standing", vanish)
    with pytest.raises(InvalidTargetError) as caught:
        await ask(world)

    assert caught.value.code == "grant_vanished"
