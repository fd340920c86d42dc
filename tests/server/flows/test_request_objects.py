"""Requests that their client has signed; what `/authorize` makes of them is in web/oauth/test_authorize_signed.py."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.visitor import APP, REQUEST
from tokensmith.jose import Key, jwt
from tokensmith.server.domain.errors import OAuthError
from tokensmith.server.flows.authorization_request import AuthorizationRequest, Refusal

pytestmark = pytest.mark.anyio
KEY = Key.generate("ES256")
JWKS = json.dumps({"keys": [dict(KEY.public().to_jwk())]})
TYP = "oauth-authz-req+jwt"
OUTER = {"client_id": "web"}


def signed(world: World, *, key: Key = KEY, typ: str = TYP, audience: Any = ISSUER, **claims: Any) -> str:
    inner = {name: value for name, value in {**REQUEST, **claims}.items() if value is not None}
    signer = jwt.Signer(key, issuer="web", audience=audience, lifetime=timedelta(seconds=60), typ=typ, clock=world)
    return signer.sign(inner)


async def read(world: World, text: str, **beside: Any) -> AuthorizationRequest | str:
    """The request, or the code of the refusal; one that is told to nobody stands in brackets."""
    try:
        found = await world.read_request.run({**OUTER, "request": text, **beside}, (), pushed=False)
    except OAuthError as error:
        return f"({error.code})"
    return found.error.code if isinstance(found, Refusal) else found


async def make_client(world: World, **members: Any) -> None:
    await world.make_web_client(**{"jwks": JWKS, **members})


async def test_what_is_signed_is_the_request(world: World) -> None:
    """RFC 9101 §4: numbers, lists and objects as they would have stood in a form."""
    await make_client(world)
    claims = {"max_age": 60, "claims": {"userinfo": {"email": None}}, "resource": ["https://notes.example"]}
    found = await read(world, signed(world, **claims))

    assert isinstance(found, AuthorizationRequest)
    assert (found.to.uri, found.to.state, found.max_age) == (APP, "the state", 60)
    assert found.resources == ("https://notes.example",)
    assert found.scopes is not None
    assert "email" in found.scopes
    assert found.parameters["client_id"] == "web"
    assert not found.parameters.keys() & {"iss", "aud", "exp", "iat", "jti", "request", "resource"}


async def test_what_stands_beside_it_does_not_count(world: World) -> None:
    """P35: RFC 9101 §6.3, whether the object has such a parameter or not."""
    await make_client(world)
    found = await read(world, signed(world, state=None), state="other", scope="openid", max_age="1", nonce="other")

    assert isinstance(found, AuthorizationRequest)
    assert (found.to.state, found.max_age, found.nonce) == (None, None, "the nonce")
    assert found.scopes != {"openid"}


@pytest.mark.parametrize("typ", [TYP, "JWT", f"application/{TYP}"])
async def test_a_type_is_right_or_of_an_older_client(world: World, typ: str) -> None:
    """RFC 9101 §10.8.2; RFC 7515 §4.1.9 lets the prefix be."""
    await make_client(world)

    assert isinstance(await read(world, signed(world, typ=typ)), AuthorizationRequest)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": Key.generate("ES256")},
        {"audience": "https://other.example"},
        {"iss": "robot"},
        {"exp": 1},
        {"nbf": 9_999_999_999},
        {"typ": "client-authentication+jwt"},
        {"typ": "at+jwt"},
        {"sub": "web"},
    ],
)
async def test_what_is_not_this_clients_request_to_us_now_is_refused(world: World, changes: dict[str, Any]) -> None:
    """RFC 9101 §10.8: an assertion with which the client proves itself is signed with the same key."""
    await make_client(world)

    assert await read(world, signed(world, **changes)) == "request_object_refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"request": "x"},
        {"request_uri": "urn:x"},
        {"client_id": "robot"},
        {"resource": [1]},
        {"resource": {}},
        {"max_age": True},
    ],
)
async def test_what_cannot_be_a_request_is_refused(world: World, changes: dict[str, Any]) -> None:
    await make_client(world)

    assert await read(world, signed(world, **changes)) == "request_object_content"


@pytest.mark.parametrize(("alg", "code"), [("ES256", ""), ("PS256", "request_object_refused"), (None, "")])
async def test_a_registered_algorithm_is_the_only_one(world: World, alg: str | None, code: str) -> None:
    """RFC 9101 §10.4."""
    await make_client(world, request_object_alg=alg)
    found = await read(world, signed(world))

    assert (found if isinstance(found, str) else "") == code


async def test_an_object_without_a_signature_is_not_taken(world: World) -> None:
    """P34: Core §6.1; nor one whose signature nobody can verify."""
    await make_client(world)
    unsecured = "eyJhbGciOiJub25lIn0." + signed(world).split(".")[1] + "."
    assert await read(world, unsecured) == "request_not_supported"
    assert await read(world, "no JWT") == "request_object_refused"
    await world.make_web_client("bare")
    assert await read(world, signed(world), client_id="bare") == "request_not_supported"


async def test_a_refusal_goes_where_the_client_registered_or_to_a_page(world: World) -> None:
    """What an object says is not believed before it is verified; nobody is sent to an address in it."""
    await make_client(world, redirect_uris=(APP, APP + "2"))
    assert await read(world, "no JWT") == "(request_object_refused)"
    assert await read(world, "no JWT", redirect_uri=APP) == "request_object_refused"
    assert await read(world, "no JWT", redirect_uri="https://evil.example") == "(request_object_refused)"
    evil = signed(world, redirect_uri="https://evil.example")
    assert await read(world, evil, redirect_uri=APP) == "(redirect_uri_unregistered)"


async def test_a_client_may_have_to_sign(world: World) -> None:
    """RFC 9101 §10.5."""
    await make_client(world, requires_signed=True)
    assert isinstance(await read(world, signed(world)), AuthorizationRequest)
    found = await world.read_request.run(REQUEST, (), pushed=False)

    assert isinstance(found, Refusal)
    assert found.error.code == "request_not_signed"
