"""Ed25519, Ed448, X25519 and X448 keys as JWK members crv x d (RFC 8037 §2)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import Jwk, malformed, read_octets, read_text, refuse_foreign_secrets, write_octets

OkpPrivateKey = Ed25519PrivateKey | Ed448PrivateKey | X25519PrivateKey | X448PrivateKey
OkpPublicKey = Ed25519PublicKey | Ed448PublicKey | X25519PublicKey | X448PublicKey


class _OkpCurve(msgspec.Struct, frozen=True):
    octets: int
    public: type[OkpPublicKey]
    read_public: Callable[[bytes], OkpPublicKey]
    read_private: Callable[[bytes], OkpPrivateKey]


_CURVES: Final[Mapping[str, _OkpCurve]] = MappingProxyType(
    {
        "Ed25519": _OkpCurve(
            32, Ed25519PublicKey, Ed25519PublicKey.from_public_bytes, Ed25519PrivateKey.from_private_bytes
        ),
        "Ed448": _OkpCurve(57, Ed448PublicKey, Ed448PublicKey.from_public_bytes, Ed448PrivateKey.from_private_bytes),
        "X25519": _OkpCurve(
            32, X25519PublicKey, X25519PublicKey.from_public_bytes, X25519PrivateKey.from_private_bytes
        ),
        "X448": _OkpCurve(56, X448PublicKey, X448PublicKey.from_public_bytes, X448PrivateKey.from_private_bytes),
    }
)


def read_okp(jwk: Jwk) -> OkpPrivateKey | OkpPublicKey:
    """Make an octet key pair, or its public half, from its JWK members.

    Raises:
        KeyMaterialError: The curve is unknown ("unsupported_key"), a member is missing or of another length, or "d"
            does not belong to "x" ("malformed_key").
    """
    refuse_foreign_secrets(jwk, own=("d",))
    curve = _CURVES.get(read_text(jwk, "crv"))
    if curve is None:
        raise KeyMaterialError("The curve is not supported.", code="unsupported_key")
    x = read_octets(jwk, "x", length=curve.octets)
    if "d" not in jwk:
        return curve.read_public(x)
    key = curve.read_private(read_octets(jwk, "d", length=curve.octets))
    if key.public_key().public_bytes_raw() != x:
        raise malformed("The private key does not belong to the public key.")
    return key


def write_okp(key: OkpPrivateKey | OkpPublicKey) -> dict[str, str]:
    """Spell an octet key pair as JWK members, "d" where the key has it."""
    if isinstance(key, OkpPrivateKey):
        return write_okp(key.public_key()) | {"d": write_octets(key.private_bytes_raw())}
    curve = next(name for name, each in _CURVES.items() if isinstance(key, each.public))
    return {"kty": "OKP", "crv": curve, "x": write_octets(key.public_bytes_raw())}
