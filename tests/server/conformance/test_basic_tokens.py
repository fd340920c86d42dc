"""Basic OP and Form Post OP: codes that come twice, and refresh tokens."""

from dataclasses import replace

import pytest

from tests.server.conformance.relying_party import BASIC_AND_FORM_POST, RelyingParty, SignIn, make_client
from tests.server.conformance.token_checks import ReadToken, check_token_refusal, check_token_response

pytestmark = [pytest.mark.anyio, BASIC_AND_FORM_POST]


async def test_oidcc_codereuse(party: RelyingParty) -> None:
    """A code is good once."""
    signed_in = await party.sign_in()

    check_token_refusal(await party.redeem(signed_in.code), error="invalid_grant")


async def test_oidcc_codereuse_30seconds(party: RelyingParty) -> None:
    """Nor later, and then what the code has given is over, too."""
    signed_in = await party.sign_in()
    party.served.world.pass_time(30)

    check_token_refusal(await party.redeem(signed_in.code), error="invalid_grant")
    assert (await party.user_info(signed_in.tokens["access_token"])).status_code == 401


async def test_oidcc_refresh_token(party: RelyingParty) -> None:
    """Refreshed tokens are of the same sign-in, and a refresh token is good for its own client alone."""
    assert "refresh_token" in party.metadata["grant_types_supported"]
    await make_client(party.served.world, "other")
    scope = "openid offline_access"
    await _refreshed(party, await party.sign_in(scope=scope, prompt="consent"), scope=scope)
    other = replace(party, client_id="other")
    last = await _refreshed(other, await other.sign_in(scope=scope, prompt="consent", nonce="n" * 43))

    check_token_refusal(await party.refresh(last, scope=scope), error="invalid_grant")


async def _refreshed(party: RelyingParty, signed_in: SignIn, **form: str) -> str:
    """Refresh the tokens of a sign-in, and look at what comes; returns the newest refresh token."""
    party.served.world.pass_time(1)
    response = await party.refresh(signed_in.tokens["refresh_token"], **form)
    assert response.status_code == 200, response.text
    check_token_response(response)
    tokens = response.json()
    check_refreshed_id_token(signed_in.id_token, await party.read_token(tokens["id_token"]))
    assert tokens["access_token"] != signed_in.tokens["access_token"]
    assert (await party.user_info(tokens["access_token"])).status_code == 200
    newest: str = tokens["refresh_token"]
    return newest


def check_refreshed_id_token(first: ReadToken, second: ReadToken) -> None:
    """Core §12.2: a new `iat`, and everything else of the sign-in."""
    same = ("iss", "sub", "aud", "azp", "auth_time")
    assert [first.claims.get(name) for name in same] == [second.claims.get(name) for name in same]
    assert second.claims["iat"] > first.claims["iat"]
    assert "nonce" not in second.claims
