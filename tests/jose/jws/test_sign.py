"""Signing any bytes."""

import json

import pytest

from tokensmith.jose import Key, base64url, jws
from tokensmith.jose.errors import KeyMaterialError

KEY = Key.from_secret(bytes(range(32)), alg="HS256", kid="k")
NAMELESS = Key.from_jwk({"kty": "oct", "k": base64url.encode(bytes(range(32))), "alg": "HS256"})


def header_of(token: str) -> object:
    return json.loads(base64url.decode(token.partition(".")[0]))


def test_the_header_names_the_key_and_its_algorithm() -> None:
    """RFC 7515 §4.1.1, §4.1.4."""
    assert header_of(jws.sign(b"x", KEY)) == {"alg": "HS256", "kid": "k"}
    assert header_of(jws.sign(b"x", NAMELESS)) == {"alg": "HS256"}


def test_further_members_are_added() -> None:
    token = jws.sign(b"x", KEY, header={"typ": "example", "x": [1]})

    assert header_of(token) == {"alg": "HS256", "kid": "k", "typ": "example", "x": [1]}


def test_the_callers_header_stays_as_it_is() -> None:
    header = {"typ": "example"}
    jws.sign(b"x", KEY, header=header)

    assert header == {"typ": "example"}


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS512"}, {"alg": None}, {"kid": "other"}])
def test_a_header_cannot_contradict_the_key(header: dict[str, object]) -> None:
    """One key, one algorithm (RFC 8725 §3.1)."""
    with pytest.raises(ValueError, match="contradicts the key"):
        jws.sign(b"x", KEY, header=header)


def test_a_header_may_repeat_what_the_key_says() -> None:
    assert header_of(jws.sign(b"x", KEY, header={"alg": "HS256"})) == {"alg": "HS256", "kid": "k"}


@pytest.mark.parametrize(
    "header", [{"typ": 1}, {"crit": []}, {"crit": ["x"], "x": 1}, {"b64": False}, {"x": "y" * 20_000}]
)
def test_a_header_that_no_verifier_of_ours_takes_is_not_signed(header: dict[str, object]) -> None:
    """RFC 7515 §4."""
    with pytest.raises(ValueError, match=r"header|extension|JSON"):
        jws.sign(b"x", KEY, header=header)


def test_a_header_that_is_no_json_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="must be a JSON value"):
        jws.sign(b"x", KEY, header={"x": b"y"})  # type: ignore[dict-item]


def test_a_public_key_does_not_sign() -> None:
    public = Key.generate("ES256").public()

    with pytest.raises(KeyMaterialError) as caught:
        jws.sign(b"x", public)

    assert caught.value.code == "key_operation"


def test_a_key_for_verifying_does_not_sign() -> None:
    """RFC 7517 §4.3."""
    key = Key.from_jwk({**Key.generate("ES256").to_jwk(private=True), "use": "sig", "key_ops": ["verify"]})

    with pytest.raises(KeyMaterialError) as caught:
        jws.sign(b"x", key)

    assert caught.value.code == "key_operation"
