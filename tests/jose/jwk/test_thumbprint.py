"""Key thumbprints (RFC 7638, RFC 9278)."""

import hashlib
import json

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.jwk import Key

KEYS = [
    Key.generate(alg)
    for alg in ("HS256", "RS256", "ES256", "ES512", "ES256K", "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-87")
]
REQUIRED = {
    "AKP": {"alg", "kty", "pub"},
    "EC": {"crv", "kty", "x", "y"},
    "OKP": {"crv", "kty", "x"},
    "RSA": {"e", "kty", "n"},
    "oct": {"k", "kty"},
}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.alg)
@pytest.mark.parametrize(("name", "python_name"), [("sha-256", "sha256"), ("sha-384", "sha384"), ("sha-512", "sha512")])
def test_it_is_the_digest_of_the_required_members_in_order(key: Key, name: str, python_name: str) -> None:
    """RFC 7638 §3 and §3.2, RFC 9964 §6 for AKP, done the long way round."""
    required = {member: value for member, value in key.to_jwk(private=True).items() if member in REQUIRED[key.kty]}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    expected = base64url.encode(hashlib.new(python_name, canonical).digest())

    assert key.thumbprint(hash_name=name) == expected  # type: ignore[arg-type]
    assert key.thumbprint_uri(hash_name=name) == f"urn:ietf:params:oauth:jwk-thumbprint:{name}:{expected}"  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [key for key in KEYS if key.kty != "oct"], ids=lambda key: key.alg)
def test_both_halves_have_the_same(key: Key) -> None:
    """RFC 7638 §3.2.1."""
    assert key.public().thumbprint() == key.thumbprint()


@pytest.mark.parametrize("name", ["sha256", "SHA-256", "sha-1", "md5", ""])
def test_another_hash_is_a_mistake_in_the_program(name: str) -> None:
    """RFC 9278 §4: the names of the IANA registry."""
    with pytest.raises(ValueError, match="hash_name"):
        KEYS[0].thumbprint(hash_name=name)  # type: ignore[arg-type]
