"""End a token, and what hangs under it (RFC 7009)."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.refresh_tokens import SECRET_BYTES, RefreshToken, parse

pytestmark = pytest.mark.anyio


async def revoke(world: World, text: str, *, client_id: str = FIRST_PARTY) -> None:
    await world.revoke.run(await world.client(client_id), text, source="192.0.2.1")


async def test_a_refresh_token_takes_its_access_tokens_with_it(world: World) -> None:
    """P58: RFC 7009 §2.1."""
    answer = await world.sign_in()
    await revoke(world, answer.refresh_token or "")

    assert not await world.is_running(answer)
    with pytest.raises(InvalidGrantError):
        await world.refresh(answer.refresh_token)
    assert (await world.audited())[-1] == "token_revoked"


async def test_an_access_token_ends_and_its_grant_goes_on(world: World) -> None:
    answer = await world.sign_in()
    await revoke(world, answer.access_token)
    again = await world.refresh(answer.refresh_token)

    assert not await world.is_running(answer)
    assert await world.is_running(again)


@pytest.mark.parametrize("text", ["", "nonsense", "tsr_nonsense", "a.b.c"])
async def test_an_unknown_token_is_no_error(world: World, text: str) -> None:
    """P58: RFC 7009 §2.2: the client could do nothing about it."""
    before = await world.audited()
    await revoke(world, text)

    assert await world.audited() == before


async def test_revoking_twice_is_no_error(world: World) -> None:
    answer = await world.sign_in()
    for _ in range(2):
        await revoke(world, answer.access_token)
        await revoke(world, answer.refresh_token or "")

    assert (await world.audited()).count("token_revoked") == 2


async def test_an_expired_access_token_is_no_error(world: World) -> None:
    answer = await world.sign_in()
    world.pass_time(901)
    await revoke(world, answer.access_token)

    assert "token_revoked" not in await world.audited()


@pytest.mark.parametrize("kind", ["refresh", "access"])
async def test_another_clients_token_stays_good(world: World, kind: str) -> None:
    """P58: RFC 7009 §2.1: refused, and the client is told."""
    answer = await world.sign_in()
    text = answer.refresh_token or "" if kind == "refresh" else answer.access_token
    with pytest.raises(InvalidGrantError) as caught:
        await revoke(world, text, client_id="robot")

    assert caught.value.code == "token_other_client"
    assert await world.is_running(answer)


async def test_a_guess_or_a_stranger_is_no_error_and_ends_nothing(world: World) -> None:
    answer = await world.sign_in()
    family = parse(answer.refresh_token or "").family
    for guess in (family, b"x" * 16):
        await revoke(world, str(RefreshToken(family=guess, generation=0, secret=b"g" * SECRET_BYTES)))

    assert await world.is_running(answer)
