"""Basic OP and Form Post OP: parameters that may be ignored, those that may be refused, and those that must be."""

import base64
import json
import secrets
from typing import Final

import pytest

from tests.server.conformance.relying_party import BASIC_AND_FORM_POST, CALLBACK, RelyingParty, make_client
from tokensmith.jose import Key

pytestmark = [pytest.mark.anyio, BASIC_AND_FORM_POST]

# What stands beside a request object, whatever is in it (Core §6.1).
BESIDE_AN_OBJECT: Final = ("client_id", "redirect_uri", "response_type", "scope")


def by_request_object(party: RelyingParty) -> dict[str, str]:
    """A request whose parameters are in an unsigned object, and only those that must be beside it."""
    request = party.request()
    parts = ({"alg": "none"}, request | {"iss": party.client_id, "aud": party.metadata["issuer"]})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return {name: request[name] for name in BESIDE_AN_OBJECT} | {"request": f"{'.'.join(encoded)}."}


def refusal_of_an_object(party: RelyingParty) -> str:
    """The error at the redirect URI. It comes by a redirect: that it be posted was said in the object alone."""
    assert party.browser.sent_to == CALLBACK
    assert "code" not in party.browser.told
    return party.browser.told["error"]


def check_error_page(party: RelyingParty) -> None:
    """A page of the server's says that something is wrong, and leads nowhere."""
    assert party.browser.status == 400
    assert "location" not in party.browser.response.headers
    assert party.browser.page.action is None


async def test_oidcc_response_type_missing(party: RelyingParty) -> None:
    """An error that says so."""
    request = party.request(response_type=None)
    await party.ask(request)

    assert party.error_in_answer_to(request) in {"invalid_request", "unsupported_response_type"}


async def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party: RelyingParty) -> None:
    """A nonce is the client's to want."""
    signed_in = await party.sign_in(nonce=None)

    assert "nonce" not in signed_in.claims


async def test_oidcc_display_page(party: RelyingParty) -> None:
    """display=page does no harm."""
    await party.sign_in(display="page")


async def test_oidcc_display_popup(party: RelyingParty) -> None:
    """display=popup does no harm."""
    await party.sign_in(display="popup")


async def test_oidcc_ui_locales(party: RelyingParty) -> None:
    """A language that no page is written in does no harm."""
    await party.sign_in(ui_locales="se")


async def test_oidcc_claims_locales(party: RelyingParty) -> None:
    """Nor one that no claim is written in."""
    await party.sign_in(claims_locales="se")


async def test_oidcc_ensure_request_with_acr_values_succeeds(party: RelyingParty) -> None:
    """A class of sign-in that is merely preferred does no harm where none is offered."""
    assert "acr_values_supported" not in party.metadata
    await party.sign_in(acr_values="1 2")


async def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party: RelyingParty) -> None:
    """What nobody has heard of is passed over (RFC 6749 §3.1)."""
    await party.sign_in(extra="foobar")


async def test_oidcc_ensure_post_request_succeeds(party: RelyingParty) -> None:
    """A request may come as a form."""
    request = party.request()
    party.browser.response = await party.browser.http.post(party.metadata["authorization_endpoint"], data=request)
    await party.browser.go(party.browser.response.headers["location"])
    assert await party.person_answers() == ["sign-in", "consent"]

    await party.complete(request)


async def test_oidcc_ensure_registered_redirect_uri(party: RelyingParty) -> None:
    """Nobody is sent to where nobody registered."""
    unregistered = f"https://suite.example/{secrets.token_urlsafe(8)}"
    await party.ask(party.request(redirect_uri=unregistered))

    check_error_page(party)
    assert "at an address that it has not registered" in party.browser.page.text
    assert unregistered not in party.browser.response.text


async def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(party: RelyingParty) -> None:
    """A request by reference is refused as such, and nothing is fetched."""
    request = by_request_object(party) | {"request_uri": "https://suite.example/requests/1.jwt"}
    del request["request"]
    await party.ask(request)

    assert refusal_of_an_object(party) == "request_uri_not_supported"
    assert party.metadata["request_uri_parameter_supported"] is False
    assert party.served.fetcher.asked == []


@pytest.mark.parametrize("client_id", ["suite", "signing"])
async def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    party: RelyingParty, client_id: str
) -> None:
    """An unsigned request object is refused, never ignored, be it of a client that could have signed it or not."""
    keys = {"keys": [dict(Key.generate("RS256").public().to_jwk())]}
    await make_client(party.served.world, "signing", jwks=json.dumps(keys))
    party.client_id = client_id
    await party.ask(by_request_object(party))

    assert refusal_of_an_object(party) == "request_not_supported"
    assert "none" not in party.metadata["request_object_signing_alg_values_supported"]


async def test_oidcc_ensure_request_object_with_redirect_uri(party: RelyingParty) -> None:
    """With a wrong redirect URI beside an unsigned object there is nowhere to go, and least of all to either."""
    request = by_request_object(party) | {"redirect_uri": f"{CALLBACK}/other"}
    await party.ask(request)

    check_error_page(party)
    assert "none" not in party.metadata["request_object_signing_alg_values_supported"]
