"""Requests that their client has signed, over HTTP (RFC 9101, RFC 9126 §3)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.server.web.served import Served
from tests.server.web.visitor import APP, REQUEST, Visitor
from tokensmith.jose import Key, jwt
from tokensmith.server.domain.registrations import AuthMethod

pytestmark = pytest.mark.anyio
SIGN_IN = "/account/sign-in"
KEY = Key.generate("PS256")
JWKS = json.dumps({"keys": [dict(KEY.public().to_jwk())]})


def signed(served: Served, **claims: Any) -> str:
    signer = jwt.Signer(
        KEY,
        issuer="web",
        audience=served.settings.issuer,
        lifetime=timedelta(seconds=60),
        typ="oauth-authz-req+jwt",
        clock=served.world,
    )
    return signer.sign({**REQUEST, **claims})


async def test_a_signed_request_leads_to_a_code(served: Served) -> None:
    """P35: oidcc-ensure-request-object-with-redirect-uri; the code is for what was signed."""
    await served.world.make_web_client(jwks=JWKS)
    async with Visitor(served) as visitor:
        await visitor.go(f"/authorize?client_id=web&state=other&request={signed(served)}")
        assert visitor.title == SIGN_IN
        await visitor.sign_in()
        await visitor.allow()

        assert visitor.told["state"] == REQUEST["state"]
        assert visitor.told["code"]


async def test_a_bad_object_is_told_to_the_client_where_it_may_be(served: Served) -> None:
    await served.world.make_web_client(jwks=JWKS)
    async with Visitor(served) as visitor:
        await visitor.go(f"/authorize?client_id=web&redirect_uri={APP}&request={signed(served)}x")
        assert visitor.told["error"] == "invalid_request_object"


async def test_a_signed_request_can_be_pushed(served: Served) -> None:
    """RFC 9126 §3: with what proves the client beside it; another client's object is refused."""
    await served.world.make_web_client(
        jwks=JWKS, auth_method=AuthMethod.SECRET, requires_signed=True, requires_pushed=True
    )
    form = served.basic("web")
    pushed = await served.post_form("/par", {**form, "request": signed(served)})
    assert pushed.status_code == 201
    refused = await served.post_form("/par", {**form, "request": signed(served, client_id="robot")})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request_object")
    refused = await served.post_form("/par", {**form, **REQUEST})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")

    async with Visitor(served) as visitor:
        await visitor.go(f"/authorize?client_id=web&request_uri={pushed.json()['request_uri']}")
        assert visitor.title == SIGN_IN


async def test_published_keys_prove_a_client(served: Served) -> None:
    """P68: private_key_jwt with jwks_uri."""
    await served.world.make_web_client(jwks_uri="https://app.example/keys")
    served.world.network.publish("https://app.example/keys", json.loads(JWKS))
    signer = jwt.Signer(
        KEY, issuer="web", audience=served.settings.issuer, lifetime=timedelta(seconds=60), clock=served.world
    )
    form = {
        "client_assertion": signer.sign({"sub": "web"}),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    answer = await served.post_form("/par", {**form, **REQUEST})

    assert answer.status_code == 201
