"""From a verified token to a Principal."""

from typing import Any

import pytest

from tests.guard.minting import AUDIENCE, ISSUER, KEY, NOW, access_token
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tokensmith.guard import InvalidTokenError, Principal
from tokensmith.guard.access_token import principal_from, required_claims
from tokensmith.jose import jwt


def principal(**claims: Any) -> Principal:
    verifier = jwt.Verifier(KEY, issuer=ISSUER, audience=AUDIENCE, typ="at+jwt", clock=ScriptedClock(ScriptedOutside()))
    return principal_from(verifier.verify(access_token(**claims)), key_thumbprint="t")


def test_it_holds_what_the_token_says() -> None:
    """RFC 9068 §2.2."""
    caller = principal(scope="b a", roles=["x"])

    assert (caller.subject, caller.client_id, caller.issuer) == ("ada", "web", ISSUER)
    assert caller.scopes == {"a", "b"}
    assert caller.claims["roles"] == ("x",)
    assert caller.claims["exp"] == NOW + 300
    assert caller.key_thumbprint == "t"


def test_a_token_without_scope_allows_nothing_in_particular() -> None:
    assert principal(scope=None).scopes == frozenset()
    assert principal(scope="").scopes == frozenset()


@pytest.mark.parametrize(
    "claims",
    [{"scope": ["a"]}, {"scope": 1}, {"scope": "a  b"}, {"scope": 'a"b'}, {"client_id": 7}, {"client_id": ["x"]}],
)
def test_a_malformed_claim_is_no_smaller_one(claims: dict[str, Any]) -> None:
    """Present but malformed is refused, not taken for absent."""
    with pytest.raises(InvalidTokenError) as caught:
        principal(**claims)

    assert caught.value.code == "malformed_claim"


def test_a_client_need_not_be_named_outside_the_profile() -> None:
    assert principal(client_id=None).client_id is None


def test_the_profile_asks_for_more_claims() -> None:
    """RFC 9068 §2.2."""
    assert set(required_claims("at+jwt")) == {"iss", "aud", "sub", "client_id", "iat", "jti"}
    assert required_claims("application/AT+JWT") == required_claims("at+jwt")
    assert set(required_claims("JWT")) == {"iss", "aud", "sub"}
