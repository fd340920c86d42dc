"""private_key_jwt."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, World
from tests.server.web.served import Served
from tokensmith.jose import Key, jwt
from tokensmith.outbound.identity import ASSERTION_TYPE, KeyClient
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import InvalidClientError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AuthMethod, Registration
from tokensmith.server.flows.client_auth import PresentedClient
from tokensmith.server.flows.manage_clients import NewClient

pytestmark = pytest.mark.anyio
KEY = Key.generate("ES256")
TYPE = "client-authentication+jwt"


async def make_signer(world: World, *keys: Key) -> None:
    jwks = json.dumps({"keys": [dict(key.public().to_jwk()) for key in keys or (KEY,)]})
    new = NewClient(
        id="signer",
        name="Signer",
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
        confidential=True,
        audiences={NOTES: frozenset({READ})},
        default_audience=NOTES,
        registration=Registration(jwks=jwks),
    )
    client, secret = await world.clients.create(new)
    assert (secret, client.is_public) == (None, False)


def assertion(world: World, key: Key = KEY, *, lifetime: int = 60, typ: str | None = TYPE, **claims: Any) -> str:
    signer = jwt.Signer(
        key, issuer="signer", audience=ISSUER, lifetime=timedelta(seconds=lifetime), typ=typ or "JWT", clock=world
    )
    return signer.sign({"sub": "signer", **claims})


async def prove(world: World, text: str | None, *, client_id: str = "signer") -> str:
    """The code of the refusal, "" for none."""
    presented = PresentedClient(
        client_id=client_id, secret=None, method="private_key_jwt" if text else "none", assertion=text
    )
    try:
        await world.client_auth.run(presented)
    except InvalidClientError as error:
        return error.code
    return ""


async def test_a_signature_is_as_good_as_a_secret(world: World) -> None:
    """With and without the type (RFC 7523bis §4), whichever key of the set it is."""
    other = Key.generate("Ed25519")
    await make_signer(world, KEY, other)

    assert await prove(world, assertion(world)) == ""
    assert await prove(world, assertion(world, other)) == ""
    assert await prove(world, assertion(world, typ=None)) == ""


async def test_an_assertion_is_good_once(world: World) -> None:
    """RFC 7523 §3 (7); of any number of callers exactly one."""
    await make_signer(world)
    text = assertion(world)

    assert [await prove(world, text) for _ in range(3)] == ["", *["client_assertion_replayed"] * 2]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{ISSUER}/token"},
        {"aud": [ISSUER]},
        {"aud": [ISSUER, "https://other.example"]},
        {"iss": "robot"},
        {"sub": "robot"},
        {"exp": None},
        {"exp": 1},
        {"nbf": 9_999_999_999},
    ],
)
async def test_one_that_is_not_for_us_or_not_for_now_is_refused(world: World, claims: dict[str, Any]) -> None:
    """RFC 7523bis §4: the issuer as the only audience; the token endpoint's URL is none."""
    await make_signer(world)
    base = {"iss": "signer", "sub": "signer", "aud": ISSUER, "jti": "j", "exp": int(world.now()) + 60}
    whole = {name: value for name, value in {**base, **claims}.items() if value is not None}

    assert await prove(world, jwt.sign(whole, KEY, typ=TYPE)) == "client_assertion_refused"


async def test_only_its_own_keys_prove_a_client(world: World) -> None:
    await make_signer(world)

    assert await prove(world, assertion(world, Key.generate("ES256"))) == "client_assertion_refused"
    assert await prove(world, None) == "client_assertion_missing"
    assert await prove(world, assertion(world), client_id="robot") == "client_assertion_unexpected"


@pytest.mark.parametrize(("seconds", "code"), [(600, ""), (611, "client_assertion_refused")])
async def test_it_may_be_good_for_ten_minutes(world: World, seconds: int, code: str) -> None:
    """What was used is remembered that long."""
    await make_signer(world)

    assert await prove(world, assertion(world, lifetime=seconds)) == code


async def test_new_keys_count_at_once(world: World) -> None:
    """The set is the registration's, whatever was read before."""
    await make_signer(world)
    assert await prove(world, assertion(world)) == ""
    new = Key.generate("ES256")
    registration = Registration(jwks=json.dumps({"keys": [dict(new.public().to_jwk())]}))
    await world.change_client("signer", registration=registration)

    assert await prove(world, assertion(world)) == "client_assertion_refused"
    assert await prove(world, assertion(world, new)) == ""


async def test_our_own_client_gets_a_token_so(world: World) -> None:
    """At the token endpoint; its name need not be said beside the assertion."""
    await make_signer(world)
    served = Served(world)
    form = dict(KeyClient("signer", KEY, clock=world).introduce(ISSUER).form)
    answer = await served.post_form("/token", {"grant_type": "client_credentials", **form})
    assert (answer.status_code, answer.json()["scope"]) == (200, READ)

    bare = {"client_assertion": assertion(world), "client_assertion_type": ASSERTION_TYPE}
    answer = await served.post_form("/token", {"grant_type": "client_credentials", **bare})
    assert answer.status_code == 200
    for extra in ({"client_secret": "s"}, {"client_id": "robot"}):
        answer = await served.post_form("/token", {"grant_type": "client_credentials", **bare, **extra})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    found = await world.store.read(lambda uow: uow.clients.find(ClientId("signer")))
    assert found is not None
    assert found.auth_method is AuthMethod.PRIVATE_KEY_JWT
