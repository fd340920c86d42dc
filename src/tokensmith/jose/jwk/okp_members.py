"""Ed25519 and Ed448 keys as JWK members crv x d (RFC 8037 §2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import Jwk, malformed, read_octets, read_text, refuse_foreign_secrets, write_octets

_OCTETS: Final[Mapping[str, int]] = MappingProxyType({"Ed25519": 32, "Ed448": 57})


def read_okp(jwk: Jwk) -> Ed25519PrivateKey | Ed25519PublicKey | Ed448PrivateKey | Ed448PublicKey:
    """Make an octet key pair, or its public half, from its JWK members.

    Raises:
        KeyMaterialError: The curve is unknown ("unsupported_key"), a member is missing or of another length, or "d"
            does not belong to "x" ("malformed_key").
    """
    refuse_foreign_secrets(jwk, own=("d",))
    curve = read_text(jwk, "crv")
    if curve not in _OCTETS:
        raise KeyMaterialError("The curve is not supported.", code="unsupported_key")
    x = read_octets(jwk, "x", length=_OCTETS[curve])
    if "d" in jwk:
        return _read_private(jwk, curve, x)
    return Ed25519PublicKey.from_public_bytes(x) if curve == "Ed25519" else Ed448PublicKey.from_public_bytes(x)


def write_okp(key: Ed25519PrivateKey | Ed25519PublicKey | Ed448PrivateKey | Ed448PublicKey) -> dict[str, str]:
    """Spell an octet key pair as JWK members, "d" where the key has it."""
    if isinstance(key, Ed25519PrivateKey | Ed448PrivateKey):
        return write_okp(key.public_key()) | {"d": write_octets(key.private_bytes_raw())}
    curve = "Ed25519" if isinstance(key, Ed25519PublicKey) else "Ed448"
    return {"kty": "OKP", "crv": curve, "x": write_octets(key.public_bytes_raw())}


def _read_private(jwk: Jwk, curve: str, x: bytes) -> Ed25519PrivateKey | Ed448PrivateKey:
    secret = read_octets(jwk, "d", length=_OCTETS[curve])
    key: Ed25519PrivateKey | Ed448PrivateKey
    key = (
        Ed25519PrivateKey.from_private_bytes(secret)
        if curve == "Ed25519"
        else Ed448PrivateKey.from_private_bytes(secret)
    )
    if key.public_key().public_bytes_raw() != x:
        raise malformed("The private key does not belong to the public key.")
    return key
