"""`POST /introspect` (RFC 7662)."""

import pytest

from tests.server.flows.world import ISSUER, NOTES
from tests.server.web.served import Served
from tokensmith.jose import jws, jwt
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio


async def test_the_service_a_token_is_for_is_told(served: Served) -> None:
    """RFC 7662 §2.2."""
    answer = await served.world.sign_in()
    told = await served.post_form("/introspect", {"token": answer.access_token, **served.basic("watcher")})

    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert told.json()["active"] is True
    assert told.json()["aud"] == NOTES


@pytest.mark.parametrize("token", ["x", "a.b.c", "tsr_x"])
async def test_what_is_not_active_gets_one_answer(served: Served, token: str) -> None:
    """P59: RFC 7662 §2.2: exactly {"active": false}, whatever the reason."""
    told = await served.post_form("/introspect", {"token": token, **served.basic("watcher")})

    assert (told.status_code, told.content) == (200, b'{"active":false}')


async def test_an_answer_is_signed_for_who_asks_for_that(served: Served) -> None:
    """RFC 9701 §4, §5: of a type that passes for no token, for the one who asked, and without "exp" and "sub"."""
    answer = await served.world.sign_in()
    form = {"token": answer.access_token, **served.basic("watcher")}
    plain = (await served.post_form("/introspect", form)).json()
    told = await served.post_form("/introspect", form, accept="application/token-introspection+jwt, */*;q=0.1")
    keys, _ = await served.world.ring.public_keys()
    opened = jws.verify(told.content, keys)
    claims = parse_object(opened.payload)

    assert told.headers["content-type"] == "application/token-introspection+jwt"
    assert (opened.header["typ"], opened.header["alg"]) == ("token-introspection+jwt", "RS256")
    assert claims == {
        "iss": ISSUER,
        "aud": "watcher",
        "iat": served.world.store.now_ms // 1000,
        "token_introspection": plain,
    }


async def test_that_a_token_is_not_active_is_signed_too(served: Served) -> None:
    await served.world.change_client("watcher", registration=Registration(introspection_alg="ES256"))
    form = {"token": "x", **served.basic("watcher")}
    told = await served.post_form("/introspect", form, accept="application/token-introspection+jwt")
    token = jwt.read_unverified(told.content)

    assert token.unverified_claims["token_introspection"] == {"active": False}
    assert token.unverified_header["alg"] == "ES256"


async def test_who_is_not_meant_learns_nothing(served: Served) -> None:
    """P59: RFC 7662 §4."""
    answer = await served.world.sign_in()
    told = await served.post_form("/introspect", {"token": answer.access_token, **served.basic("robot")})

    assert told.content == b'{"active":false}'


async def test_a_public_client_may_not_ask(served: Served) -> None:
    """P59: RFC 7662 §2.1: token scanning; anybody could call itself by its name."""
    refused = await served.post_form("/introspect", {"token": "x", "client_id": "first-party"})

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_token_is_needed(served: Served) -> None:
    """RFC 7662 §2.1: REQUIRED."""
    refused = await served.post_form("/introspect", served.basic("watcher"))

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
