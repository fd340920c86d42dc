"""From a verified token to a Principal."""

from typing import Any

import pytest

from tests.guard.minting import AUDIENCE, ISSUER, KEY, NOW, access_token
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tokensmith.guard import InvalidTokenError, Issuer, Principal
from tokensmith.guard.access_token import access_token_verifier, principal_from
from tokensmith.guard.sender import Binding
from tokensmith.jose import jwt
from tokensmith.jose.errors import ExpiredTokenError, UnacceptableTokenError


def verifier(typ: str, **options: Any) -> jwt.Verifier:
    issuer = Issuer(ISSUER, audience=AUDIENCE, typ=typ, **options)
    return access_token_verifier(issuer, clock=ScriptedClock(ScriptedOutside()))


def principal(*, binding: Binding | None = None, **claims: Any) -> Principal:
    checking = jwt.Verifier(KEY, issuer=ISSUER, audience=AUDIENCE, typ="at+jwt", clock=ScriptedClock(ScriptedOutside()))
    return principal_from(checking.verify(access_token(**claims)).claims, binding=binding)


def test_it_holds_what_the_token_says() -> None:
    """RFC 9068 §2.2."""
    caller = principal(scope="b a", roles=["x"])

    assert (caller.subject, caller.client_id, caller.issuer) == ("ada", "web", ISSUER)
    assert caller.scopes == {"a", "b"}
    assert caller.claims["roles"] == ("x",)
    assert caller.claims["exp"] == NOW + 300
    assert (caller.key_thumbprint, caller.certificate_thumbprint) == (None, None)


def test_it_names_what_the_token_is_bound_to() -> None:
    """RFC 9449 §6.1, RFC 8705 §3.1."""
    of_key, of_certificate = principal(binding=Binding("jkt", "k")), principal(binding=Binding("x5t#S256", "c"))

    assert (of_key.key_thumbprint, of_key.certificate_thumbprint) == ("k", None)
    assert (of_certificate.key_thumbprint, of_certificate.certificate_thumbprint) == (None, "c")


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


@pytest.mark.parametrize("typ", ["at+jwt", "application/AT+JWT"])
@pytest.mark.parametrize("claim", ["client_id", "iat", "jti", "sub", "aud", "exp"])
def test_the_profile_asks_for_all_its_claims(typ: str, claim: str) -> None:
    """RFC 9068 §2.2."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier(typ).verify(access_token(**{claim: None}), key=KEY)

    assert (caught.value.code, caught.value.detail) == ("missing_claim", claim)


def test_outside_the_profile_the_least_will_do() -> None:
    """For issuers whose tokens call themselves "JWT"."""
    text = access_token(typ="JWT", client_id=None, jti=None)

    assert verifier("JWT").verify(text, key=KEY).claims.subject == "ada"
    for claim in ("sub", "exp"):
        with pytest.raises(UnacceptableTokenError) as caught:
            verifier("JWT").verify(access_token(typ="JWT", **{claim: None}), key=KEY)
        assert caught.value.code == "missing_claim"


@pytest.mark.parametrize("typ", ["at+jwt", "JWT"])
def test_the_issuers_leeway_is_kept(typ: str) -> None:
    text = access_token(typ=typ, exp=NOW - 4)

    assert verifier(typ, leeway=5).verify(text, key=KEY).claims.subject == "ada"
    with pytest.raises(ExpiredTokenError):
        verifier(typ, leeway=4).verify(text, key=KEY)
