"""Reads an access token of our own making; everything else reads as None."""

from typing import Any

import pytest

from tests.server.flows.world import ISSUER, NOTES, World
from tokensmith.jose import jwt
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.flows.key_ring import REFRESH_SECONDS

pytestmark = pytest.mark.anyio

STATUS = {"status_list": {"idx": 5, "uri": f"{ISSUER}/status/1"}}


async def made(world: World, *, typ: str = "at+jwt", issuer: str = ISSUER, **changes: Any) -> str:
    """A token signed with the server's own key, whatever it says."""
    now = world.store.now_ms // 1000
    claims = {"sub": "s", "client_id": "robot", "iat": now, "exp": now + 60, "aud": NOTES, "status": STATUS} | changes
    key = await world.ring.signing_key("ES256")
    return jwt.sign({name: value for name, value in claims.items() if value is not None}, key, issuer=issuer, typ=typ)


async def test_a_token_as_we_make_them_is_read(world: World) -> None:
    token = await world.own.read(await made(world))

    assert token is not None
    assert (token.client_id, token.audience, token.place.list_id, token.place.index) == ("robot", NOTES, 1, 5)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": 7},
        {"aud": [NOTES, "https://mail.example"]},
        {"status": None},
        {"status": 7},
        {"status": {"status_list": 7}},
        {"status": {"status_list": {"uri": f"{ISSUER}/status/1"}}},
        {"status": {"status_list": {"idx": True, "uri": f"{ISSUER}/status/1"}}},
        {"status": {"status_list": {"idx": "5", "uri": f"{ISSUER}/status/1"}}},
        {"status": {"status_list": {"idx": 5}}},
        {"status": {"status_list": {"idx": 5, "uri": f"{ISSUER}/status/one"}}},
        {"status": {"status_list": {"idx": 5, "uri": f"{ISSUER}/status/\u0661"}}},
        {"status": {"status_list": {"idx": 5, "uri": f"{ISSUER}/status/01"}}},
        {"status": {"status_list": {"idx": 5, "uri": "https://other.example/status/1"}}},
        {"exp": 1},
    ],
)
async def test_a_token_that_is_not_quite_ours_is_none(world: World, changes: dict[str, Any]) -> None:
    assert await world.own.read(await made(world, **changes)) is None


async def test_another_type_or_issuer_is_none(world: World) -> None:
    """A status list token is signed with the same key, and is no access token."""
    assert await world.own.read(await made(world, typ="statuslist+jwt")) is None
    assert await world.own.read(await made(world, issuer="https://other.example")) is None


async def test_a_token_that_comes_back_is_remembered_while_it_is_good(world: World) -> None:
    """Decision 37: neither its signature nor its JSON is looked at twice."""
    text = await made(world)
    first = await world.own.read(text)
    world.pass_time(59)
    second = await world.own.read(text)

    assert first is not None
    assert second is not None
    assert second.claims is first.claims


async def test_a_remembered_token_expires_at_its_second(world: World) -> None:
    text = await made(world)
    assert await world.own.read(text) is not None
    world.pass_time(59)
    assert await world.own.read(text) is not None
    world.pass_time(1)

    assert await world.own.read(text) is None


async def test_what_a_compromised_key_signed_is_forgotten_with_it(world: World) -> None:
    text = await made(world)
    assert await world.own.read(text) is not None
    kid = (await world.ring.signing_key("ES256")).kid
    await world.keys.retire_compromised(KeyId(str(kid)))
    world.pass_time(REFRESH_SECONDS)

    assert await world.own.read(text) is None


async def test_a_new_key_takes_nothing_from_the_tokens_of_the_old(world: World) -> None:
    text = await made(world)
    assert await world.own.read(text) is not None
    await world.keys.rotate("ES256")
    world.pass_time(REFRESH_SECONDS)

    assert await world.own.read(text) is not None


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_nothing_that_differs_in_one_character_is_taken_for_a_remembered_token(world: World, part: int) -> None:
    text = await made(world)
    assert await world.own.read(text) is not None
    parts = text.split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]

    assert await world.own.read(".".join(parts)) is None
