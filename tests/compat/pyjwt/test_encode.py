"""encode makes the very tokens PyJWT makes, octet for octet where the signature allows it."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import ED25519, RSA, SECRET, SECRETS, SIGNING, b64, outcome, pem, verifying
from tokensmith.jose import Key, jwt

SECRET_JWK = {"kty": "oct", "k": b64(SECRETS["HS512"].encode()), "kid": "1"}
LOCAL = timezone(timedelta(hours=2))


class DecimalEncoder(json.JSONEncoder):
    """Writes what plain JSON cannot say."""

    def default(self, o: object) -> object:
        return str(o) if isinstance(o, Decimal) else super().default(o)


# What encode is told besides the claims; a key of None stands for SECRET.
ALIKE: dict[str, tuple[Any, dict[str, Any]]] = {
    "nothing more": ({"sub": "ada"}, {}),
    "no claims": ({}, {}),
    "any JSON": ({"x": [1, 2.5, None, True, {"é": "ü/\u2028"}], "big": 2**80}, {}),
    "names that are numbers": ({1: "x"}, {}),
    "registered claims of any type": ({"sub": 1, "exp": "soon", "aud": 2}, {}),
    "an algorithm": ({}, {"algorithm": "HS256"}),
    "an algorithm of nobody": ({}, {"algorithm": "XS256"}),
    "an algorithm by the header": ({}, {"algorithm": "HS512", "headers": {"alg": "HS256"}}),
    "a key id": ({}, {"headers": {"kid": "1"}}),
    "a key id that is a number": ({}, {"headers": {"kid": 1}}),
    "another type": ({}, {"headers": {"typ": "at+jwt"}}),
    "no type": ({}, {"headers": {"typ": None}}),
    "an empty type": ({}, {"headers": {"typ": ""}}),
    "b64 that goes without saying": ({}, {"headers": {"b64": True}}),
    "headers in order": ({}, {"headers": {"x": 1, "kid": "1", "cty": "x"}}),
    "dates": ({"exp": datetime(2030, 1, 1, tzinfo=UTC), "iat": datetime(2020, 1, 1, 12, tzinfo=LOCAL)}, {}),
    "a date without a zone": ({"nbf": datetime(2020, 1, 1)}, {}),  # noqa: DTZ001
    "a date with a fraction": ({"nbf": datetime(2020, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)}, {}),
    "a date in another claim": ({"when": datetime(2020, 1, 1, tzinfo=UTC)}, {}),
    "an encoder": ({"x": Decimal("1.50")}, {"json_encoder": DecimalEncoder}),
    "an encoder for the header": ({}, {"json_encoder": DecimalEncoder, "headers": {"x": Decimal("1.50")}}),
    "no encoder": ({"x": Decimal("1.50")}, {}),
    "octets": ({"x": b"1"}, {}),
    "no dict": ([("sub", "ada")], {}),
    "an issuer that is a list": ({"iss": ["a"]}, {}),
    "an issuer that is null": ({"iss": None}, {}),
    "an empty key": ({}, {"key": ""}),
    "no key": ({}, {"key": 1}),
    "a public key as a secret": ({}, {"key": pem(RSA.public_key())}),
    "octets as a key": ({}, {"key": SECRET.encode()}),
    "a secret as an RSA key": ({}, {"algorithm": "RS256"}),
    "an RSA key": ({}, {"key": RSA, "algorithm": "RS256"}),
    "an RSA key as text": ({}, {"key": pem(RSA), "algorithm": "RS512"}),
    "an RSA key as octets": ({}, {"key": pem(RSA).encode(), "algorithm": "RS384"}),
    "an Edwards key": ({}, {"key": ED25519, "algorithm": "EdDSA"}),
    "an EC key for another curve": ({}, {"key": SIGNING["ES384"], "algorithm": "ES256"}),
}


@pytest.mark.parametrize("case", ALIKE)
def test_tokens_are_made_alike(case: str) -> None:
    """Deterministic signatures make whole tokens comparable."""
    claims, arguments = ALIKE[case]

    def call(module: Any) -> object:
        return module.encode(claims, **{"key": SECRET, **arguments})

    assert outcome(call, ours) == outcome(call, theirs)


def test_the_calls_come_to_tokens_and_to_every_refusal() -> None:
    """Two wrong calls would be alike too: so what they come to is counted."""
    made = [outcome(lambda module, c=c, a=a: module.encode(c, **{"key": SECRET, **a}), ours) for c, a in ALIKE.values()]

    assert sum("." in str(each) for each in made) == 23
    assert {each for each in made if "." not in str(each)} == {
        "InvalidKeyError",
        "InvalidTokenError",
        "NotImplementedError",
        "TypeError",
    }


@pytest.mark.parametrize("alg", SIGNING)
def test_they_read_what_we_make(alg: str) -> None:
    """Also where each signature is another."""
    made = ours.encode({"sub": "ada"}, SIGNING[alg], algorithm=alg)

    assert theirs.decode(made, verifying(alg), algorithms=[alg]) == {"sub": "ada"}


@pytest.mark.parametrize("arguments", [{}, {"algorithm": None}, {"algorithm": "HS512"}])
def test_a_jwk_brings_its_algorithm_and_no_key_id(arguments: dict[str, Any]) -> None:
    """As PyJWT has it: "kid" is in a token only if the caller puts it there."""

    def call(module: Any) -> object:
        return module.encode({"sub": "ada"}, module.PyJWK(SECRET_JWK, "HS512"), **arguments)

    assert outcome(call, ours) == outcome(call, theirs)
    assert ours.get_unverified_header(str(call(ours))) == {"alg": "HS512", "typ": "JWT"}


def test_the_order_of_headers_is_kept_if_asked_for() -> None:
    """The algorithm stands first either way; where a member stands means nothing."""
    given = {"x": 1, "kid": "1"}
    made = ours.encode({}, SECRET, headers=given, sort_headers=False)

    assert list(ours.get_unverified_header(made)) == ["alg", "typ", "x", "kid"]
    assert ours.get_unverified_header(made) == theirs.get_unverified_header(made)


def test_the_callers_dicts_stay_as_they_are() -> None:
    """Dates are replaced in a copy."""
    claims = {"exp": datetime(2030, 1, 1, tzinfo=UTC)}
    headers = {"alg": "HS256", "b64": True, "typ": ""}
    ours.encode(claims, SECRET, headers=headers)

    assert claims == {"exp": datetime(2030, 1, 1, tzinfo=UTC)}
    assert headers == {"alg": "HS256", "b64": True, "typ": ""}


def test_our_own_verifier_takes_such_a_token() -> None:
    """The way on from here leads through tokens both sides read."""
    made = ours.encode({"iss": "a", "aud": "b", "exp": 4_000_000_000}, SECRET)

    assert jwt.verify(made, Key.from_secret(SECRET), issuer="a", audience="b").claims["iss"] == "a"


@pytest.mark.parametrize("claims", [{"x": "\ud800"}, {1: "a", "1": "b"}])
def test_what_nobody_could_read_is_not_signed(claims: dict[Any, str]) -> None:
    """RFC 7519 §4: a name twice, and text that has no UTF-8."""
    with pytest.raises(ValueError, match="no token anybody could read"):
        ours.encode(claims, SECRET)
