"""Is this token active (RFC 7662)."""

from dataclasses import replace

import pytest

from tests.server.flows.world import NOTES, READ, World
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.refresh_tokens import RefreshToken

pytestmark = pytest.mark.anyio

INACTIVE = {"active": False}


async def ask(world: World, text: str, *, client_id: str = "watcher") -> dict[str, object]:
    return await world.introspect.run(await world.client(client_id), text)


async def test_the_resource_that_a_token_is_for_is_told_what_it_says(world: World) -> None:
    answer = await world.sign_in()
    found = await ask(world, answer.access_token)

    assert found["active"] is True
    assert found["token_type"] == "Bearer"
    assert (found["aud"], found["scope"], found["client_id"]) == (NOTES, READ, FIRST_PARTY)
    assert {"sub", "exp", "iat", "jti", "iss", "sid"} <= set(found)
    assert "status" not in found


async def test_the_client_that_holds_a_token_may_ask(world: World) -> None:
    token = (
        await world.client_credentials.run(await world.client("robot"), scope=None, resource=None, key_thumbprint=None)
    ).access_token

    assert (await ask(world, token, client_id="robot"))["active"] is True


async def test_nobody_else_learns_anything(world: World) -> None:
    """RFC 7662 §4: token scanning."""
    answer = await world.sign_in()

    assert await ask(world, answer.access_token, client_id="robot") == INACTIVE
    assert await ask(world, answer.refresh_token or "", client_id="robot") == INACTIVE
    assert await ask(world, answer.refresh_token or "", client_id="watcher") == INACTIVE


async def test_a_public_client_may_not_ask(world: World) -> None:
    """RFC 7662 §2.1: the endpoint requires authorization."""
    answer = await world.sign_in()
    with pytest.raises(InvalidClientError) as caught:
        await ask(world, answer.access_token, client_id=FIRST_PARTY)

    assert caught.value.code == "client_public"


@pytest.mark.parametrize("text", ["", "nonsense", "tsr_nonsense", "a.b.c"])
async def test_what_is_no_token_is_inactive(world: World, text: str) -> None:
    assert await ask(world, text) == INACTIVE


async def test_an_expired_token_is_inactive_and_by_the_databases_clock(world: World) -> None:
    answer = await world.sign_in()
    world.pass_time(899)
    assert (await ask(world, answer.access_token))["active"] is True
    world.pass_time(1)

    assert await ask(world, answer.access_token) == INACTIVE


async def test_a_revoked_token_is_inactive_at_the_next_question(world: World) -> None:
    """That it was good a moment ago is remembered of its signature, never of its grant (decision 37)."""
    answer = await world.sign_in()
    assert (await ask(world, answer.access_token))["active"] is True
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")

    assert await ask(world, answer.access_token) == INACTIVE


async def test_a_client_asks_about_its_own_refresh_token(world: World) -> None:
    """Confidential clients that hold refresh tokens come with the code flow; here one is lent the first party's."""
    answer = await world.sign_in()
    asker = replace(await world.client(FIRST_PARTY), secret_digests=(b"d" * 32,))
    found = await world.introspect.run(asker, answer.refresh_token or "")

    assert (found["active"], found["client_id"], found["scope"]) == (True, FIRST_PARTY, READ)
    assert {"sub", "exp", "iat"} <= set(found)

    second = await world.refresh(answer.refresh_token)
    await world.refresh(second.refresh_token)
    world.pass_time(60)
    assert await world.introspect.run(asker, answer.refresh_token or "") == INACTIVE
    stranger = RefreshToken(family=b"x" * 16, generation=0, secret=b"y" * 32)
    assert await world.introspect.run(asker, str(stranger)) == INACTIVE
