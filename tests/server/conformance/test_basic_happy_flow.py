"""Basic OP and Form Post OP: a sign-in that goes well, its ID token, and UserInfo."""

import pytest

from tests.server.conformance import token_checks
from tests.server.conformance.relying_party import BASIC_AND_FORM_POST, CALLBACK, RelyingParty, make_client

pytestmark = [pytest.mark.anyio, BASIC_AND_FORM_POST]


async def test_oidcc_server(party: RelyingParty) -> None:
    """All of a sign-in: a code that nobody guesses, and an ID token that vouches for the access token beside it."""
    signed_in = await party.sign_in()

    assert token_checks.entropy_bits(signed_in.code) >= 128
    assert signed_in.claims["at_hash"] == token_checks.half_hash(signed_in.tokens["access_token"])
    assert signed_in.claims.keys() <= token_checks.UNASKED, "nobody asked for more"


async def test_oidcc_server_client_secret_post(party: RelyingParty) -> None:
    """The same, of a client that sends its secret in the form."""
    await make_client(party.served.world, "posting")
    party.client_id, party.authenticates_by = "posting", "client_secret_post"
    signed_in = await party.sign_in()

    assert signed_in.claims["at_hash"] == token_checks.half_hash(signed_in.tokens["access_token"])


async def test_oidcc_idtoken_signature(party: RelyingParty) -> None:
    """RS256 and a key id, where the client has said nothing of algorithms."""
    signed_in = await party.sign_in()

    assert signed_in.id_token.header["alg"] == "RS256"
    assert signed_in.id_token.header["kid"]


async def test_oidcc_idtoken_unsigned(party: RelyingParty) -> None:
    """Unsigned ID tokens may be refused: none is offered, and who registers for them does not get through."""
    metadata = {"redirect_uris": [CALLBACK], "id_token_signed_response_alg": "none"}
    refusal = await party.served.post_json("/register", metadata)

    assert "none" not in party.metadata["id_token_signing_alg_values_supported"]
    assert (refusal.status_code, refusal.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("client_id", ["suite", "modern"])
async def test_oidcc_ensure_request_with_valid_pkce_succeeds(party: RelyingParty, client_id: str) -> None:
    """Clients may use PKCE, whether they have to or not."""
    await make_client(party.served.world, "modern", requires_pkce=True)
    party.client_id, party.uses_pkce = client_id, True

    await party.sign_in()


async def test_oidcc_alternate_happy_flow(party: RelyingParty) -> None:
    """Neither the order of scopes nor that of parameters means anything."""
    await party.served.world.users.describe("ada", {"email": "ada@example.org", "email_verified": "true"})
    request = party.request(scope="email openid")
    await party.ask(dict(sorted(request.items(), reverse=True)))
    await party.person_answers()
    signed_in = await party.complete(request)
    answer = await party.user_info(signed_in.tokens["access_token"])

    assert answer.json() == {"sub": signed_in.claims["sub"], "email": "ada@example.org", "email_verified": True}


async def test_oidcc_userinfo_get(party: RelyingParty) -> None:
    """UserInfo speaks of the person of the ID token."""
    signed_in = await party.sign_in()
    answer = await party.user_info(signed_in.tokens["access_token"])

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"sub": signed_in.claims["sub"]}


async def test_oidcc_userinfo_post_header(party: RelyingParty) -> None:
    """By POST, too, with the token in the header."""
    signed_in = await party.sign_in()
    answer = await party.user_info(signed_in.tokens["access_token"], method="POST")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"sub": signed_in.claims["sub"]}


async def test_oidcc_userinfo_post_body(party: RelyingParty) -> None:
    """A server may refuse a token in the body, with an error; this one does (RFC 6750 §2.2)."""
    signed_in = await party.sign_in()
    body = {"access_token": signed_in.tokens["access_token"]}
    async with party.served.http() as http:
        answer = await http.post(party.metadata["userinfo_endpoint"], data=body)

    assert answer.status_code == 401
    assert signed_in.claims["sub"] not in answer.text
