"""Dynamic OP, as far as it goes here: programs that register themselves.

Whoever does that uses PKCE at this server, which the suite does not; so do these tests, and are the modules otherwise.
"""

from typing import Any

import httpx2
import pytest

from tests.server.conformance.relying_party import CALLBACK, RelyingParty
from tests.server.conformance.test_config import check_keys
from tests.server.conformance.token_checks import check_token_response
from tokensmith.jose import Key

pytestmark = pytest.mark.anyio

KEY, NEXT_KEY = Key.generate("RS256", kid="first"), Key.generate("RS256", kid="second")
KEYS_AT = "https://suite.example/jwks"


def key_set(*keys: Key) -> dict[str, Any]:
    """The public halves, as a client registers or publishes them."""
    return {"keys": [dict(key.public().to_jwk()) for key in keys]}


async def registration(party: RelyingParty, **changes: Any) -> httpx2.Response:
    """Ask to be registered; a change to None leaves a member out."""
    members = {
        "redirect_uris": [CALLBACK],
        "client_name": "The suite",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": key_set(KEY),
        **changes,
    }
    sent = {name: value for name, value in members.items() if value is not None}
    async with party.served.http() as http:
        return await http.post(party.metadata["registration_endpoint"], json=sent)


async def register(party: RelyingParty, **changes: Any) -> dict[str, Any]:
    """Register, and be that client; what the server has written down."""
    answer = await registration(party, **changes)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    made: dict[str, Any] = answer.json()
    party.client_id, party.authenticates_by, party.key, party.uses_pkce = (
        made["client_id"],
        "private_key_jwt",
        KEY,
        True,
    )
    return made


def check_error_page(party: RelyingParty) -> None:
    """A page of the server's speaks of the redirect URI, and leads nowhere."""
    assert party.browser.status == 400
    assert "location" not in party.browser.response.headers
    assert "at an address that it has not registered" in party.browser.page.text


async def test_oidcc_idtoken_rs256(party: RelyingParty) -> None:
    """RS256 for who asks for it by name."""
    made = await register(party, id_token_signed_response_alg="RS256")
    signed_in = await party.sign_in()

    assert made["id_token_signed_response_alg"] == "RS256"
    assert signed_in.id_token.header["alg"] == "RS256"
    assert signed_in.id_token.header["kid"]


async def test_oidcc_userinfo_rs256(party: RelyingParty) -> None:
    """UserInfo as a token, for who asks for it: from the issuer, to the client, of the same person."""
    await register(party, userinfo_signed_response_alg="RS256")
    signed_in = await party.sign_in()
    answer = await party.user_info(signed_in.tokens["access_token"])
    told = await party.read_token(answer.text)

    assert answer.headers["content-type"] == "application/jwt"
    assert told.header["alg"] == "RS256"
    assert (told.claims["iss"], told.claims["aud"]) == (party.metadata["issuer"], party.client_id)
    assert told.claims["sub"] == signed_in.claims["sub"]
    assert "nonce" not in told.claims


async def test_oidcc_ensure_redirect_uri_in_authorization_request(party: RelyingParty) -> None:
    """Of two redirect URIs the request has to name one."""
    await register(party, redirect_uris=[CALLBACK, f"{CALLBACK}2"])
    await party.ask(party.request(redirect_uri=None))

    check_error_page(party)


async def test_oidcc_redirect_uri_query_ok(party: RelyingParty) -> None:
    """A redirect URI may have a query; what comes is added to it."""
    uri = f"{CALLBACK}?foo=bar"
    await register(party, redirect_uris=[uri])
    await party.ask(party.request(redirect_uri=uri))
    await party.person_answers()

    assert party.browser.sent_to == CALLBACK
    assert party.browser.told.keys() == {"foo", "code", "state", "iss"}
    assert party.browser.told["foo"] == "bar"
    assert (await party.redeem(party.browser.told["code"], redirect_uri=uri)).status_code == 200


async def test_oidcc_redirect_uri_query_mismatch(party: RelyingParty) -> None:
    """Another query than the registered one is another URI."""
    await register(party, redirect_uris=[f"{CALLBACK}?foo=bar"])
    await party.ask(party.request(redirect_uri=f"{CALLBACK}?bar=foo"))

    check_error_page(party)


async def test_oidcc_redirect_uri_query_added(party: RelyingParty) -> None:
    """So is one with a query where none is registered."""
    await register(party)
    await party.ask(party.request(redirect_uri=f"{CALLBACK}?foo=bar"))

    check_error_page(party)


async def test_oidcc_redirect_uri_regfrag(party: RelyingParty) -> None:
    """A redirect URI with a fragment is not registered."""
    answer = await registration(party, redirect_uris=[f"{CALLBACK}#foobar"])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


async def test_oidcc_registration_jwks_uri(party: RelyingParty) -> None:
    """A client may publish its keys instead of registering them."""
    party.served.world.network.publish(KEYS_AT, key_set(KEY))
    made = await register(party, jwks=None, jwks_uri=KEYS_AT)
    await party.sign_in()

    assert made["jwks_uri"] == KEYS_AT


async def test_oidcc_registration_sector_bad(party: RelyingParty) -> None:
    """Nobody is promised names of their own for people: the server has none, and does not write down that it has."""
    made = await register(party, subject_type="pairwise", sector_identifier_uri="https://suite.example/redirect_uris")

    assert party.metadata["subject_types_supported"] == ["public"]
    assert not {"subject_type", "sector_identifier_uri"} & made.keys()


async def test_oidcc_server_rotate_keys(party: RelyingParty) -> None:
    """After a rotation there is a new key, and the old one is still there."""
    before = (await party.served.get(party.metadata["jwks_uri"])).json()
    await party.served.world.keys.rotate("RS256")
    party.served.world.pass_time(60)
    after = (await party.served.get(party.metadata["jwks_uri"])).json()

    for keys in (before, after):
        check_keys(keys)
    assert {key["kid"] for key in before["keys"]} < {key["kid"] for key in after["keys"]}


async def test_oidcc_refresh_token_rp_key_rotation(party: RelyingParty) -> None:
    """A client changes the keys it publishes, waits a minute, and is known by the new ones."""
    party.served.world.network.publish(KEYS_AT, key_set(KEY))
    await register(party, jwks=None, jwks_uri=KEYS_AT)
    signed_in = await party.sign_in(scope="openid offline_access", prompt="consent")
    party.served.world.network.publish(KEYS_AT, key_set(NEXT_KEY))
    party.key = NEXT_KEY
    party.served.world.pass_time(60)
    response = await party.refresh(signed_in.tokens["refresh_token"], scope="openid offline_access")

    assert response.status_code == 200, response.text
    check_token_response(response)
    assert (await party.user_info(response.json()["access_token"])).status_code == 200


async def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(party: RelyingParty) -> None:
    """A client's proof of itself may be made for the issuer, rather than for the token endpoint."""
    await register(party)

    await party.sign_in()
