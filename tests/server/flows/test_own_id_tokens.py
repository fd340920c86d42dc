"""ID tokens that somebody brings back as a hint."""

import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.jose import Key, jwt
from tokensmith.server.flows.own_id_tokens import OwnIdTokens

pytestmark = pytest.mark.anyio


async def id_token(world: World) -> str:
    await world.make_web_client()
    visitor = Visitor(Served(world))
    token: str = (await visitor.redeem(await visitor.signed_in())).json()["id_token"]
    return token


async def test_one_of_ours_is_read_however_old_it_is(world: World) -> None:
    """RP-Initiated Logout §4: it reminds, it does not prove."""
    token, reader = await id_token(world), OwnIdTokens(issuer=ISSUER, ring=world.ring)
    world.pass_time(365 * 24 * 3600)
    found = await reader.read(token)
    claims = jwt.read_unverified(token).unverified_claims

    assert found is not None
    assert (found.subject, found.client_id, found.session_id) == (claims["sub"], "web", claims["sid"])


async def test_everything_else_reads_as_nothing(world: World) -> None:
    """Changed, another's, unsigned, an access token, or no token at all."""
    token, reader = await id_token(world), OwnIdTokens(issuer=ISSUER, ring=world.ring)
    header, payload, _ = token.split(".")
    access = (await world.sign_in()).access_token
    foreign = jwt.sign({"sub": "ada", "aud": "web", "iss": ISSUER, "iat": 1, "exp": 2}, Key.generate("RS256"))
    for text in (f"{header}.{payload}.AAAA", access, foreign, f"eyJhbGciOiJub25lIn0.{payload}.", "x", ""):
        assert await reader.read(text) is None


async def test_a_date_out_of_range_is_nothing(world: World) -> None:
    reader = OwnIdTokens(issuer=ISSUER, ring=world.ring)
    huge = jwt.sign(
        {"sub": "a", "aud": "web", "iss": ISSUER, "iat": 253402300799, "exp": 253402300799}, Key.generate("RS256")
    )

    assert await reader.read(huge) is None
