"""Shared secrets as a JWK member (RFC 7518 §6.4)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import write_octets
from tokensmith.jose.jwk.oct_members import read_oct, write_oct


def refusal_of(jwk: dict[str, str]) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        read_oct(jwk)
    return refusal.value.code


def test_a_secret_comes_out_as_it_went_in() -> None:
    secret = bytes(range(64))

    assert read_oct(write_oct(secret)) == secret
    assert write_oct(secret)["kty"] == "oct"


def test_a_public_key_in_the_secret_s_place_is_refused() -> None:
    """RFC 8725 §2.1, with the public key behind base64url."""
    pem = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )

    assert refusal_of({"kty": "oct", "k": write_octets(pem)}) == "public_key_as_secret"


def test_secrets_of_another_key_type_are_refused() -> None:
    assert refusal_of(write_oct(bytes(range(32))) | {"d": "c2VjcmV0"}) == "malformed_key"


def test_the_secret_has_to_be_there() -> None:
    assert refusal_of({"kty": "oct"}) == "malformed_key"
