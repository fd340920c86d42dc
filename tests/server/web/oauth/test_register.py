"""`/register` (P87)."""

from typing import Any

import httpx2
import pytest

from tests.server.client_certificates import AUTHORITIES
from tests.server.flows.world import ISSUER, World
from tests.server.web.served import PEER, Served
from tests.server.web.visitor import APP, Visitor
from tokensmith.jose import Key

pytestmark = pytest.mark.anyio
METADATA = {
    "redirect_uris": [APP],
    "client_name": "A <b>Tool</b>",
    "grant_types": ["authorization_code", "refresh_token"],
    "unheard_of": {"x": 1},
}


@pytest.fixture
async def opened(anyio_backend: str) -> Served:
    return Served(await World.built(), registration="open")


async def register(served: Served, **changes: Any) -> dict[str, Any]:
    answer = await served.post_json("/register", {**METADATA, **changes})
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.json()
    return members


async def manage(served: Served, method: str, uri: str, token: str, body: Any = None) -> httpx2.Response:
    path = uri.removeprefix(ISSUER)
    async with served.http() as client:
        return await client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})


async def test_it_is_off_unless_asked_for(served: Served) -> None:
    """And in no metadata then."""
    assert (await served.post_json("/register", METADATA)).status_code == 404
    assert "registration_endpoint" not in (await served.get("/.well-known/openid-configuration")).json()


async def test_a_program_registers_and_signs_people_in(opened: Served) -> None:
    """RFC 7591 §3.2.1; P36: it is always asked for, and its name is only text."""
    metadata = (await opened.get("/.well-known/openid-configuration")).json()
    assert metadata["registration_endpoint"] == f"{ISSUER}/register"
    made = await register(opened)
    assert made["client_secret_expires_at"] == 0
    assert made["registration_client_uri"] == f"{ISSUER}/register/{made['client_id']}"
    assert "unheard_of" not in made
    opened.world.secrets["web"] = made["client_secret"]
    async with Visitor(opened) as visitor:
        await visitor.authorize(client_id=made["client_id"], scope="openid profile")
        assert "<b>" not in visitor.response.text
        await visitor.sign_in()
        await visitor.allow()
        answer = await visitor.redeem(visitor.told["code"], client_id=made["client_id"])
    assert answer.status_code == 200
    assert answer.json()["scope"] == "openid profile"


async def test_a_program_looks_after_its_registration(opened: Served) -> None:
    """RFC 7592: read, change, end; how it proves itself stays."""
    made = await register(opened, token_endpoint_auth_method="none")
    uri, token = made["registration_client_uri"], made["registration_access_token"]
    assert "client_secret" not in made
    shown = (await manage(opened, "GET", uri, token)).json()
    assert shown.items() <= {**made}.items()
    changed = {**METADATA, "client_name": "Another", "token_endpoint_auth_method": "none"}
    answer = await manage(opened, "PUT", uri, token, {**changed, "redirect_uris": [APP + "2"]})
    assert (answer.status_code, answer.json()["redirect_uris"]) == (200, [APP + "2"])
    assert (await manage(opened, "GET", uri, token)).json()["client_name"] == "Another"
    assert (await manage(opened, "DELETE", uri, token)).status_code == 204
    assert (await manage(opened, "GET", uri, token)).status_code == 401
    async with Visitor(opened) as visitor:
        await visitor.authorize(client_id=made["client_id"], redirect_uri=APP + "2")
    assert visitor.status == 400


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        ("client_secret_basic", "none"),
        ("client_secret_basic", "private_key_jwt"),
        ("private_key_jwt", "none"),
        ("private_key_jwt", "client_secret_basic"),
        ("none", "client_secret_post"),
    ],
)
async def test_how_a_program_proves_itself_does_not_change(opened: Served, registered: str, sent: str) -> None:
    """RFC 7592 §2.2; least of all to nothing. What is left out stays, and so does the secret."""
    keys = {"jwks": {"keys": [dict(Key.generate("ES256").public().to_jwk())]}}

    def with_keys(method: str) -> dict[str, Any]:
        return {**METADATA, "token_endpoint_auth_method": method, **(keys if method == "private_key_jwt" else {})}

    made = await register(opened, **with_keys(registered))
    uri, token = made["registration_client_uri"], made["registration_access_token"]
    answer = await manage(opened, "PUT", uri, token, with_keys(sent))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert opened.refused("metadata_auth_method_changed") == 1
    unsaid = {name: value for name, value in with_keys(registered).items() if name != "token_endpoint_auth_method"}
    answer = await manage(opened, "PUT", uri, token, unsaid)
    assert (answer.status_code, answer.json()["token_endpoint_auth_method"]) == (200, registered)


async def test_a_secret_may_be_sent_either_way(opened: Served) -> None:
    made = await register(opened)
    changed = {**METADATA, "token_endpoint_auth_method": "client_secret_post"}
    answer = await manage(opened, "PUT", made["registration_client_uri"], made["registration_access_token"], changed)
    assert answer.status_code == 200


async def test_a_registration_is_its_owners_alone(opened: Served) -> None:
    """P87: 401 and never 404: who exists must not be told."""
    one, other = await register(opened), await register(opened)
    uri = one["registration_client_uri"]
    for method in ("GET", "PUT", "DELETE"):
        for token in (other["registration_access_token"], one["client_secret"], "x", ""):
            answer = await manage(opened, method, uri, token, METADATA)
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_credentials")
    assert (await manage(opened, "GET", "/register/nobody", "x")).status_code == 401
    assert (await manage(opened, "GET", "/register/robot", "x")).status_code == 401
    assert opened.refused("management_token") == 14


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({**METADATA, "redirect_uris": ["http://evil.example"]}, "invalid_redirect_uri"),
        ({**METADATA, "grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({**METADATA, "redirect_uris": "no list"}, "invalid_client_metadata"),
        (b"{", "invalid_client_metadata"),
        (b"[]", "invalid_client_metadata"),
        ({**METADATA, "redirect_uris": [APP] * 33}, "invalid_client_metadata"),
        ({**METADATA, "client_name": "n" * 101}, "invalid_client_metadata"),
    ],
)
async def test_what_cannot_be_is_refused(opened: Served, body: Any, error: str) -> None:
    """RFC 7591 §3.2.2; and nothing is stored."""
    before = len(opened.world.store._state.clients)
    answer = await opened.post_json("/register", body)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    if isinstance(body, bytes):
        assert opened.refused("metadata_malformed") == 1
    assert len(opened.world.store._state.clients) == before


async def test_it_may_take_a_token(anyio_backend: str) -> None:
    """RFC 7591 §3: an initial access token."""
    served = Served(await World.built(), registration="token", registration_token="let me in")
    assert (await served.post_json("/register", METADATA)).status_code == 401
    assert (await served.post_json("/register", METADATA, authorization="Bearer wrong")).status_code == 401
    assert served.refused("initial_access_token") == 2
    assert (await served.post_json("/register", METADATA, authorization="Bearer letmein")).status_code == 401
    served = Served(served.world, registration="token", registration_token="let-me-in")
    assert (await served.post_json("/register", METADATA, authorization="Bearer let-me-in")).status_code == 201


async def test_one_address_may_not_register_without_end(opened: Served) -> None:
    opened.sign_ins.room = 1
    await register(opened)

    assert (await opened.post_json("/register", METADATA)).status_code == 429


async def test_a_program_registers_the_name_of_its_certificate(anyio_backend: str) -> None:
    """RFC 7591, RFC 8705 §2.1.2; told as it was sent, and changed with the rest (RFC 7592)."""
    settings: dict[str, Any] = {"trusted_proxies": (PEER,), "client_certificate_header": "client-cert"}
    served = Served(await World.built(), authorities=AUTHORITIES, registration="open", **settings)
    made = await register(
        served,
        token_endpoint_auth_method="tls_client_auth",
        tls_client_auth_san_dns="robot.example",
        tls_client_certificate_bound_access_tokens=True,
    )
    assert made["tls_client_certificate_bound_access_tokens"] is True
    assert made["token_endpoint_auth_method"] == "tls_client_auth"
    assert made["tls_client_auth_san_dns"] == "robot.example"
    assert "client_secret" not in made
    changed = {**METADATA, "tls_client_auth_subject_dn": "CN=robot"}
    answer = await manage(served, "PUT", made["registration_client_uri"], made["registration_access_token"], changed)
    assert (answer.status_code, answer.json()["tls_client_auth_subject_dn"]) == (200, "CN=robot")
    assert {"tls_client_auth_san_dns", "tls_client_certificate_bound_access_tokens"}.isdisjoint(answer.json())


async def test_certificates_are_not_registered_where_nobody_asks_for_them(opened: Served) -> None:
    body = {**METADATA, "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a.example"}

    assert (await opened.post_json("/register", body)).status_code == 400
    assert opened.refused("metadata_auth_method") == 1
