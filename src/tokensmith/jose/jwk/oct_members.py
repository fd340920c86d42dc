"""Symmetric secrets as the JWK member k (RFC 7518 §6.4)."""

from tokensmith.jose.jwk.members import Jwk, read_octets, refuse_foreign_secrets, write_octets
from tokensmith.jose.jwk.secret_check import check_secret


def read_oct(jwk: Jwk) -> bytes:
    """Read a secret from its JWK members.

    Raises:
        KeyMaterialError: "k" is missing or not base64url ("malformed_key"), or its octets are a public key or a known
            placeholder ("public_key_as_secret", "weak_key").
    """
    refuse_foreign_secrets(jwk, own=("k",))
    secret = read_octets(jwk, "k")
    check_secret(secret)
    return secret


def write_oct(secret: bytes) -> dict[str, str]:
    """Spell a secret as JWK members."""
    return {"kty": "oct", "k": write_octets(secret)}
