"""A peek at a token is called one, and is no proof."""

import json
from pathlib import Path

import pytest

from tests.jose.jwt.tokens import KEY, good_claims, good_token, spell, verifier
from tokensmith.jose import JoseError, Key, jws, jwt
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.limits import Limits

UNSECURED = json.loads((Path(__file__).parents[1] / "vectors/jws/rfc7515-to-refuse.json").read_text())[0]["token"]


def test_a_peek_shows_header_and_claims() -> None:
    peek = jwt.read_unverified(good_token())

    assert peek.unverified_header == {"alg": "HS256", "typ": "JWT"}
    assert peek.unverified_claims == good_claims()


def test_a_peek_does_not_ask_who_signed() -> None:
    assert jwt.read_unverified(spell({"alg": "HS256"}, {"iss": "i"}, key=Key.generate("HS256"))).unverified_claims == {
        "iss": "i"
    }


def test_an_unsecured_token_can_only_be_peeked_at() -> None:
    """RFC 7519 §6.1: no function of ours returns it as verified."""
    assert jwt.read_unverified(UNSECURED).unverified_claims["iss"] == "joe"
    for refuse in (verifier().verify, lambda token: jws.verify(token, KEY)):
        with pytest.raises(JoseError):
            refuse(UNSECURED)


def test_a_peek_is_frozen() -> None:
    peek = jwt.read_unverified(good_token())

    with pytest.raises(AttributeError):
        peek.unverified_claims = FrozenObject({})  # type: ignore[assignment, misc]
    with pytest.raises(TypeError):
        peek.unverified_claims["iss"] = "x"  # type: ignore[index]


def test_a_peek_cannot_be_taken_for_a_proof() -> None:
    """F13: Neither its type nor the names of its members are those of a VerifiedJwt."""
    peek = jwt.read_unverified(good_token())

    assert not isinstance(peek, jwt.VerifiedJwt)
    assert not isinstance(peek.unverified_claims, jwt.Claims)
    assert not hasattr(peek, "claims")
    assert not hasattr(peek.unverified_claims, "subject")


def test_every_name_for_peeking_says_so() -> None:
    """F13: What looks at a token without a key is recognised in a review by its name."""
    assert [name for name in jwt.__all__ if "unverified" in name.lower()] == ["UnverifiedJwt", "read_unverified"]
    assert all(name.startswith("unverified_") for name in jwt.UnverifiedJwt.__slots__)


@pytest.mark.parametrize(
    "token",
    ["", "a.b", spell(b"[]", {}), spell({}, b"1"), spell({}, b'{"a":1,"a":1}'), good_token() + "=", "e30.e30.e30.e.e"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(MalformedTokenError):
        jwt.read_unverified(token)


def test_limits_hold_for_a_peek() -> None:
    with pytest.raises(MalformedTokenError) as caught:
        jwt.read_unverified(good_token(), limits=Limits(max_header_bytes=10))

    assert caught.value.code == "too_large"
