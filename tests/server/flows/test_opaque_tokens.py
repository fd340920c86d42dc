"""Access tokens that only the server reads."""

import pytest

from tests.server.flows.world import NOTES, READ, World
from tokensmith.jose import JoseError, jwt
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.flows.opaque_tokens import PREFIX, OpaqueTokens
from tokensmith.server.storage.sealing import Sealing

pytestmark = pytest.mark.anyio


async def issue(world: World) -> str:
    await world.change_client("robot", registration=Registration(opaque=True))
    robot = await world.client("robot")
    answer = await world.client_credentials.run(robot, scope=None, resource=None, key_thumbprint=None)
    return answer.access_token


async def test_it_tells_nothing_and_is_introspected(world: World) -> None:
    """Nor is it a JWT that somebody could take apart."""
    token = await issue(world)
    assert token.startswith(PREFIX)
    with pytest.raises(JoseError):
        jwt.read_unverified(token)
    told = await world.introspect.run(await world.client("watcher"), token)

    assert (told["active"], told["aud"], told["scope"], told["client_id"]) == (True, NOTES, READ, "robot")
    assert await world.introspect.run(await world.client("watcher"), token + "x") == {"active": False}


async def test_it_ends_with_its_grant(world: World) -> None:
    token = await issue(world)
    await world.revoke.run(await world.client("robot"), token, source="192.0.2.1")

    assert await world.introspect.run(await world.client("watcher"), token) == {"active": False}


async def test_no_two_of_one_token_are_alike(world: World) -> None:
    tokens = OpaqueTokens(rotation_keys=world.sealing)
    first, second = await tokens.wrap("t"), await tokens.wrap("t")

    assert first != second
    assert (await tokens.open(first), await tokens.open(second)) == ("t", "t")


@pytest.mark.parametrize("change", [lambda t: t[:-2] + "AA", lambda t: PREFIX + "x" * 16 + t[20:], lambda _: PREFIX])
async def test_what_is_not_of_ours_is_none(world: World, change: object) -> None:
    tokens = OpaqueTokens(rotation_keys=world.sealing)
    token = await tokens.wrap("t")
    assert callable(change)

    assert await tokens.open(change(token)) is None


async def test_another_servers_are_none(world: World) -> None:
    other = OpaqueTokens(rotation_keys=type(world.sealing)(Sealing.generate()))

    assert await OpaqueTokens(rotation_keys=world.sealing).open(await other.wrap("t")) is None
