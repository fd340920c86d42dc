"""Signs access tokens (RFC 9068)."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, World
from tokensmith.jose import jwt
from tokensmith.server.domain.clients import FIRST_PARTY, Lifetimes
from tokensmith.server.flows.mint import MAX_SIGNERS

pytestmark = pytest.mark.anyio


async def test_an_access_token_has_its_type_and_every_claim_it_must_have(world: World) -> None:
    """P50: RFC 9068 §2.1, §2.2."""
    token = jwt.read_unverified((await world.sign_in()).access_token)

    assert token.unverified_header["typ"] == "at+jwt"
    assert token.unverified_header["alg"] == "ES256"
    assert token.unverified_header["kid"] == (await world.ring.signing_key("ES256")).kid
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(token.unverified_claims)
    assert (token.unverified_claims["iss"], token.unverified_claims["aud"]) == (ISSUER, NOTES)


async def test_it_lives_as_long_as_its_client_is_set_to_and_by_the_databases_clock(world: World) -> None:
    await world.set_lifetimes(FIRST_PARTY, Lifetimes(access=2))
    claims = (await world.read(await world.sign_in())).claims

    assert claims["iat"] == world.store.now_ms // 1000
    assert claims["exp"] == claims["iat"] + 2


async def test_no_two_tokens_have_one_id(world: World) -> None:
    first, second = await world.sign_in(), await world.sign_in()

    assert (await world.read(first)).claims["jti"] != (await world.read(second)).claims["jti"]


async def test_signers_are_kept_within_bounds(world: World) -> None:
    """One per key, audience and lifetime; a server with very many audiences makes them anew now and then."""
    mint = world.refresh_flow.mint
    robot = await world.client("robot")
    for number in range(MAX_SIGNERS + 1):
        await world.set_lifetimes("robot", Lifetimes(access=number + 1))
        answer = await world.client_credentials.run(robot, scope=None, resource=None, key_thumbprint=None)
        assert (await world.read(answer)).claims["scope"] == READ
        assert answer.expires_in == number + 1

    assert len(mint._signers) <= MAX_SIGNERS


@pytest.mark.parametrize(("padding", "warnings"), [(2000, 0), (4000, 1)])
async def test_the_log_tells_once_of_tokens_that_grew_too_large(
    world: World, caplog: pytest.LogCaptureFixture, padding: int, warnings: int
) -> None:
    """Many servers take 8 KB of headers in all."""
    robot = await world.client("robot")
    for _ in range(2):
        await world.mint.access_token(robot, {"x": "x" * padding}, audience=NOTES, issued_at=1, lifetime=1)

    told = [record.getMessage() for record in caplog.records if record.name == "tokensmith.server.tokens"]
    assert len(told) == warnings
    assert all(f"of client 'robot' for '{NOTES}'" in text for text in told)
