"""UserInfo."""

from typing import Any

import httpx2
import msgspec
import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.jose import jws, jwt
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.ids import ClientId

pytestmark = pytest.mark.anyio
PROFILE = {"email": "ada@example.org", "email_verified": True, "given_name": "Ada", "phone_number": "+49 1"}


@pytest.fixture
async def visitor(world: World) -> Visitor:
    await world.make_web_client()
    return Visitor(Served(world))


async def tokens_of(visitor: Visitor, scope: str = "openid profile", **headers: str) -> dict[str, Any]:
    code = await visitor.signed_in(scope=scope)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43, "resource": ISSUER}
    answer = await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")}, **headers)
    found: dict[str, Any] = answer.json()
    return found


async def ask(visitor: Visitor, token: str, scheme: str = "Bearer", **headers: str) -> httpx2.Response:
    return await visitor.served.get("/userinfo", authorization=f"{scheme} {token}", **headers)


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("openid", set()),
        ("openid profile", {"name", "preferred_username", "given_name"}),
        ("openid email", {"email", "email_verified"}),
        ("openid phone address", {"phone_number"}),
    ],
)
async def test_scopes_open_what_is_known(visitor: Visitor, world: World, scope: str, told: set[str]) -> None:
    """P64, P65: the same sub as the ID token; what is not known is left out."""
    await _know(world, PROFILE)
    tokens = await tokens_of(visitor, scope)
    answer = await ask(visitor, tokens["access_token"])
    claims = jwt.read_unverified(tokens["id_token"]).unverified_claims

    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"sub", *told}
    assert answer.json()["sub"] == claims["sub"]
    assert told <= claims.keys()


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
async def test_an_answer_is_signed_where_the_client_registered_that(visitor: Visitor, world: World, alg: str) -> None:
    """P64: Core §5.3.2; oidcc-userinfo-rs256."""
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("web")))
    assert client is not None
    registration = msgspec.structs.replace(client.registration, userinfo_alg=alg)
    await world.change_client("web", registration=registration)
    tokens = await tokens_of(visitor)
    answer = await ask(visitor, tokens["access_token"])
    keys, _ = await world.ring.public_keys()
    opened = jws.verify(answer.content, keys)

    assert (answer.headers["content-type"], opened.header["alg"]) == ("application/jwt", alg)
    claims = parse_object(opened.payload)
    assert (claims["iss"], claims["aud"], claims["preferred_username"]) == (ISSUER, "web", "ada")
    assert claims["sub"] == jwt.read_unverified(tokens["id_token"]).unverified_claims["sub"]


async def test_both_methods_and_one_place(visitor: Visitor) -> None:
    """P64, P94: the header, with GET and POST; neither query nor body."""
    token = (await tokens_of(visitor))["access_token"]
    by_post = await visitor.served.post_form("/userinfo", "", authorization=f"Bearer {token}")
    assert by_post.status_code == 200
    assert (await visitor.served.get(f"/userinfo?access_token={token}")).status_code == 401
    in_body = await visitor.served.post_form("/userinfo", {"access_token": token})
    assert in_body.status_code == 401
    assert in_body.headers["www-authenticate"].startswith('Bearer realm="tokensmith"')


async def test_a_token_for_another_service_opens_nothing(visitor: Visitor, world: World) -> None:
    """One audience each."""
    for token in ((await world.sign_in()).access_token, "nonsense"):
        answer = await ask(visitor, token)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert visitor.served.refused("userinfo_token") == 2


async def test_a_revoked_token_is_over_at_once(visitor: Visitor, world: World) -> None:
    tokens = await tokens_of(visitor)
    await visitor.served.post_form("/revoke", {"token": tokens["refresh_token"], **visitor.served.basic("web")})
    assert (await ask(visitor, tokens["access_token"])).status_code == 401

    tokens = await tokens_of(visitor)
    await world.users.set_disabled("ada", disabled=True)
    assert (await ask(visitor, tokens["access_token"])).status_code == 401
    assert visitor.served.refused("userinfo_token_ended") == 2


async def test_a_bound_token_needs_its_proof(visitor: Visitor, world: World) -> None:
    """P80, RFC 9449 §7: under its own scheme, with a proof of its own key for this request and this token."""
    key, other = ProofKey(clock=world), ProofKey(clock=world)
    tokens = await tokens_of(visitor, dpop=key.proof("POST", f"{ISSUER}/token"))
    token = tokens["access_token"]

    def proof(by: ProofKey, of: str | None = token) -> str:
        return by.proof("GET", f"{ISSUER}/userinfo", access_token=of)

    assert (await ask(visitor, token, "DPoP", dpop=proof(key))).status_code == 200
    wrong: list[tuple[str, dict[str, str]]] = [
        ("Bearer", {}),
        ("Bearer", {"dpop": proof(key)}),
        ("DPoP", {}),
        ("DPoP", {"dpop": proof(other)}),
        ("DPoP", {"dpop": proof(key, None)}),
    ]
    for scheme, headers in wrong:
        assert (await ask(visitor, token, scheme, **headers)).status_code == 401
    bearer = (await tokens_of(visitor))["access_token"]
    assert (await ask(visitor, bearer, "DPoP", dpop=proof(key, bearer))).status_code == 401
    assert visitor.served.refused("userinfo_scheme") == 3
    assert visitor.served.refused("userinfo_other_key") == 2


async def test_a_token_without_openid_is_told_what_it_lacks(visitor: Visitor, world: World) -> None:
    """RFC 6750 §3.1; a client that lost the scope gets nothing more either."""
    tokens = await tokens_of(visitor)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "resource": ISSUER,
        "scope": "profile",
    }
    narrowed = (await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})).json()
    answer = await ask(visitor, narrowed["access_token"])

    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="openid"' in answer.headers["www-authenticate"]


async def _know(world: World, profile: dict[str, Any]) -> None:
    user = await world.store.read(lambda uow: uow.users.find_by_name_key("ada"))
    assert user is not None
    await world.store.write(lambda uow: uow.users.set_profile(user.id, profile))
