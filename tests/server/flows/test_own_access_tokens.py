"""Reads an access token of our own making; everything else reads as None."""

from typing import Any

import pytest

from tests.server.flows.world import ISSUER, NOTES, World
from tokensmith.jose import jwt

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
