"""RP-Initiated Logout OP: a client sends somebody to be signed out, and says too little, or what is not so."""

import base64
import secrets
from typing import Final

import pytest

from tests.server.conformance.metadata_checks import check_endpoints
from tests.server.conformance.relying_party import SIGNED_OUT, RelyingParty
from tokensmith.jose import Key, jwt

pytestmark = pytest.mark.anyio

LONG_STATE: Final = secrets.token_urlsafe(96)


async def log_out(party: RelyingParty, **changes: str | None) -> None:
    """Sign in, and be sent to sign out; a change to None leaves a parameter out."""
    parameters: dict[str, str | None] = {
        "id_token_hint": (await party.sign_in()).id_token.text,
        "post_logout_redirect_uri": SIGNED_OUT,
        "state": LONG_STATE,
        **changes,
    }
    sent = {name: value for name, value in parameters.items() if value is not None}
    await party.browser.go(party.metadata["end_session_endpoint"], params=sent)


def check_error_page(party: RelyingParty) -> None:
    """A page of the server's says what is wrong, and the browser stays there."""
    assert party.browser.status == 400
    assert "location" not in party.browser.response.headers
    assert party.browser.response.headers["content-type"].startswith("text/html")


async def confirm(party: RelyingParty) -> None:
    """Say yes to the question whether to sign out."""
    assert "You are signed in as ada." in party.browser.page.text
    await party.browser.submit(decision="sign_out")


async def check_signed_out_page(party: RelyingParty) -> None:
    """A page of the server's says that the person is signed out, and it is so."""
    assert party.browser.status == 200
    assert "You are signed out" in party.browser.page.text
    assert await party.nobody_is_signed_in()


async def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(party: RelyingParty) -> None:
    """The document says where to sign out."""
    check_endpoints(party.metadata, "end_session")


async def test_oidcc_rp_initiated_logout(party: RelyingParty) -> None:
    """Back at the client, with its state and nothing else, and signed out."""
    await log_out(party)

    assert party.browser.sent_to == SIGNED_OUT
    assert party.browser.told == {"state": LONG_STATE}
    assert await party.nobody_is_signed_in()


async def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(party: RelyingParty) -> None:
    """Nobody is sent to where nobody registered."""
    await log_out(party, post_logout_redirect_uri="https://suite.example/bad_post_logout_redirect_uri")

    check_error_page(party)


async def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(party: RelyingParty) -> None:
    """Nor to where somebody registered, with a query added."""
    await log_out(party, post_logout_redirect_uri=f"{SIGNED_OUT}?foo=bar")

    check_error_page(party)


async def test_oidcc_rp_initiated_logout_modified_id_token_hint(party: RelyingParty) -> None:
    """A hint whose signature was taken off, with "alg" none, is no hint."""
    _, claims, _ = (await party.sign_in()).id_token.text.split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    await log_out(party, id_token_hint=f"{header}.{claims}.")

    check_error_page(party)


async def test_oidcc_rp_initiated_logout_bad_id_token_hint(party: RelyingParty) -> None:
    """Nor is one that the client has signed itself, as issuer of itself."""
    now = int(party.served.world.now())
    claims = {"sub": "SubjectID", "nonce": "flibble", "iat": now, "exp": now + 300}
    key = Key.generate("RS256", kid="ours")
    token = jwt.sign(claims, key, issuer=party.client_id, audience=party.metadata["issuer"])
    await log_out(party, id_token_hint=token)

    check_error_page(party)


async def test_oidcc_rp_initiated_logout_no_id_token_hint(party: RelyingParty) -> None:
    """Without a hint, nobody is sent on: anybody could have asked for it."""
    await log_out(party, id_token_hint=None)

    check_error_page(party)


async def test_oidcc_rp_initiated_logout_no_params(party: RelyingParty) -> None:
    """With nothing said, the person is asked, and signed out on a page of the server's."""
    await log_out(party, id_token_hint=None, post_logout_redirect_uri=None, state=None)
    await confirm(party)

    await check_signed_out_page(party)


async def test_oidcc_rp_initiated_logout_only_state(party: RelyingParty) -> None:
    """A state alone says nothing."""
    await log_out(party, id_token_hint=None, post_logout_redirect_uri=None)
    await confirm(party)

    await check_signed_out_page(party)


async def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(party: RelyingParty) -> None:
    """Signed out without a question, and with nowhere to go, on a page of the server's."""
    await log_out(party, post_logout_redirect_uri=None)

    await check_signed_out_page(party)


async def test_oidcc_rp_initiated_logout_no_state(party: RelyingParty) -> None:
    """Back at the client, with nothing at all."""
    await log_out(party, state=None)

    assert party.browser.response.headers["location"] == SIGNED_OUT
    assert await party.nobody_is_signed_in()
