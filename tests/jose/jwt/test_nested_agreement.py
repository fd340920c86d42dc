"""NestedVerifier: what the outer header repeats is what the inner token says (RFC 7519 §5.3, RFC 8725 §3.11)."""

import msgspec
import pytest

from tests.jose.jwt.nesting import PUBLIC, envelope, nested_verifier, passes, refusal
from tests.jose.jwt.tokens import AUDIENCE, ISSUER, NOW, good_claims, good_token, spell, verifier
from tokensmith.jose import jwe
from tokensmith.jose.errors import UnacceptableTokenError


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt", "at+jwt", "Application/AT+JWT"])
def test_the_outer_type_is_jwt_or_the_inner_one(typ: str) -> None:
    """RFC 7519 §5.1; RFC 8725 §3.11: "in some cases, the same"."""
    typed = spell({"alg": "HS256", "typ": "at+jwt"}, good_claims())

    assert passes(envelope(typed, typ=typ), verifier(typ="at+jwt"))


@pytest.mark.parametrize("typ", ["", "JOSE", "logout+jwt", "at+jwt", "text/jwt"])
def test_another_outer_type_is_refused(typ: str) -> None:
    """It would be one kind of token to whoever looks at it, and another to who opens it."""
    assert refusal(envelope(good_token(), typ=typ)) == (UnacceptableTokenError, "wrong_type")
    assert refusal(envelope(spell({"alg": "HS256"}, good_claims()), typ=typ)) == (UnacceptableTokenError, "wrong_type")


class Access(msgspec.Struct, frozen=True):
    """What an API wants to know."""

    scope: str


def test_claims_can_be_read_into_a_type_of_ones_own() -> None:
    """Replicas are compared with what was signed, not with what is left of it."""
    opening = nested_verifier(verifier(claims_type=Access))
    verified = opening.verify(envelope(good_token(scope="a"), iss=ISSUER))

    assert verified.inner.claims == Access("a")
    with pytest.raises(UnacceptableTokenError):
        opening.verify(envelope(good_token(scope="a"), iss="https://other.example"))


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({}, {"iss": ISSUER}),
        ({}, {"sub": "ada"}),
        ({}, {"iss": ISSUER, "sub": "ada", "aud": AUDIENCE}),
        ({"aud": [AUDIENCE, "b"]}, {"aud": [AUDIENCE, "b"]}),
        ({}, {"exp": 1, "scope": "unregistered as header parameters, so ignored"}),
    ],
)
def test_replicas_that_are_equal_pass(claims: dict[str, object], header: dict[str, object]) -> None:
    """RFC 7519 §5.3, §10.4.1: "iss", "sub" and "aud"."""
    assert passes(envelope(good_token(**claims), **header))


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({}, {"iss": "https://other.example"}),
        ({}, {"iss": ISSUER + "/"}),
        ({}, {"sub": "Ada"}),
        ({}, {"sub": None, "iss": True}),
        ({}, {"iss": ISSUER, "sub": "ada", "aud": "b"}),
        ({}, {"aud": [AUDIENCE]}),
        ({"aud": [AUDIENCE]}, {"aud": AUDIENCE}),
        ({"aud": [AUDIENCE, "b"]}, {"aud": ["b", AUDIENCE]}),
    ],
)
def test_replicas_that_differ_are_refused(claims: dict[str, object], header: dict[str, object]) -> None:
    """RFC 7519 §5.3: "identical"; somebody may have routed the token by them."""
    assert refusal(envelope(good_token(**claims), **header)) == (UnacceptableTokenError, "replica_mismatch")


def test_a_replica_of_nothing_is_refused() -> None:
    """What is not inside was signed by nobody."""
    claims = {name: value for name, value in good_claims().items() if name != "sub"}
    token = envelope(spell({"alg": "HS256"}, claims), sub="ada")

    assert refusal(token) == (UnacceptableTokenError, "replica_mismatch")
    assert refusal(
        jwe.encrypt(spell({"alg": "HS256"}, claims).encode(), PUBLIC, header={"cty": "JWT", "sub": None})
    ) == (UnacceptableTokenError, "replica_mismatch")


@pytest.mark.parametrize("header", [{"iss": "https://other.example"}, {"typ": "at+jwt"}])
@pytest.mark.parametrize("claims", [{"exp": NOW}, {"nbf": NOW + 1}])
def test_expired_means_that_nothing_else_is_wrong(claims: dict[str, object], header: dict[str, str]) -> None:
    """A caller fetches a fresh token because of it, and that one would be no better."""
    assert refusal(envelope(good_token(**claims), **header))[0] is UnacceptableTokenError
