"""Whatever the bytes, what leaves is one of PyJWT's exceptions: its users catch nothing else."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import RSA, SECRET, b64, sealed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
HEADER_NAMES = st.sampled_from(["alg", "typ", "cty", "kid", "crit", "b64", "jwk", "x5c", "zip", "enc"])
CLAIM_NAMES = st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"])
KEY_NAMES = st.sampled_from(["kty", "crv", "alg", "use", "key_ops", "kid", "n", "e", "d", "x", "y", "k", "pub", "priv"])
KEY_WORDS = st.sampled_from(["RSA", "EC", "OKP", "oct", "AKP", "P-256", "Ed25519", "X25519", "RS256", "sig", "AQAB"])
KEY_MEMBERS = st.dictionaries(KEY_NAMES, JSON | KEY_WORDS, max_size=8)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_refused(token: str | bytes) -> None:
    """And refused as a token, not as an accident."""
    for call in (ours.get_unverified_header, unverified, verified):
        with suppress(ours.InvalidTokenError):
            call(token)


@given(st.dictionaries(HEADER_NAMES, JSON), st.dictionaries(CLAIM_NAMES, JSON))
def test_any_header_and_claims_are_read_or_refused(header: dict[str, Any], claims: dict[str, Any]) -> None:
    """Well signed, so that every check is reached."""
    token = sealed(b64({"alg": "HS256", **header}), b64(claims))
    for call in (ours.get_unverified_header, unverified, verified):
        with suppress(ours.InvalidTokenError):
            call(token)


@given(KEY_MEMBERS)
def test_any_jwk_is_a_key_or_refused(jwk: dict[str, Any]) -> None:
    """By itself, in a set, as text, and by the class of its type."""
    for call in (
        ours.PyJWK,
        lambda members: ours.PyJWK.from_json(json.dumps(members)),
        lambda members: ours.PyJWKSet([members]),
        ours.algorithms.RSAAlgorithm.from_jwk,
        ours.algorithms.OKPAlgorithm.from_jwk,
    ):
        with suppress(ours.PyJWTError):
            call(jwk)


@given(st.binary(max_size=100) | st.text(max_size=100), st.sampled_from(["HS256", "RS256", "ES256", "EdDSA"]))
def test_any_text_is_a_key_or_refused(key: str | bytes, alg: str) -> None:
    """Also a lone surrogate, which has no UTF-8."""
    with suppress(ours.PyJWTError):
        ours.encode({}, key, algorithm=alg)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_what_is_encoded_is_decoded_again(claims: dict[str, Any]) -> None:
    """All claims that pass come back as they were."""
    with suppress(ValueError, TypeError):
        token = ours.encode(claims, RSA, algorithm="RS256")

        assert unverified(token) == claims


def unverified(token: str | bytes) -> object:
    """Look into a token."""
    return ours.decode(token, options={"verify_signature": False})


def verified(token: str | bytes) -> object:
    """Check a token, of this audience and issuer."""
    return ours.decode(token, SECRET, algorithms=["HS256"], audience="me", issuer=["a"], subject="s", leeway=5)
