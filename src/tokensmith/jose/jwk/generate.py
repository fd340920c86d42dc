"""New keys, sized by the algorithm they are for."""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, assert_never

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519

from tokensmith.jose.jwa.curves import CURVES
from tokensmith.jose.jwa.descriptor import KeyObject, KeyType, LatticePrivateKey, SignatureAlgorithm
from tokensmith.jose.jwa.ml_dsa import PARAMETER_SETS, if_available
from tokensmith.jose.jwa.rsa_signature import MAX_MODULUS_BITS, MIN_MODULUS_BITS
from tokensmith.jose.jwk.parse import KeyAlgorithm

_PUBLIC_EXPONENT: Final = 65_537
# For a password that nobody has to type.
_PASSWORD_BYTES: Final = 32
_OKP_KEYS: Final[Mapping[str, Callable[[], KeyObject]]] = MappingProxyType(
    {
        "Ed25519": ed25519.Ed25519PrivateKey.generate,
        "Ed448": ed448.Ed448PrivateKey.generate,
        "X25519": x25519.X25519PrivateKey.generate,
        "X448": x448.X448PrivateKey.generate,
    }
)


def generate_key_object(
    algorithm: KeyAlgorithm, *, crv: str | None = None, rsa_bits: int = MIN_MODULUS_BITS
) -> KeyObject:
    """Make a new private key or secret for *algorithm*.

    Args:
        crv: The curve, where the algorithm works with several; its first unless given.
        rsa_bits: Size of the modulus, 2048 to 16384; looked at for RSA alone.

    Raises:
        KeyMaterialError: *algorithm* is ML-DSA, and this installation has none ("unsupported_algorithm").
        ValueError: *crv* is none of the algorithm's, or *rsa_bits* is outside its range.
    """
    if crv is not None and crv not in algorithm.curves:
        raise ValueError(f"crv is one of {', '.join(algorithm.curves) or 'none'} for {algorithm.name}.")
    curve = crv or next(iter(algorithm.curves), "")
    match _key_type(algorithm, curve):
        case "oct":
            return secrets.token_bytes(_secret_bytes(algorithm))
        case "RSA":
            if not MIN_MODULUS_BITS <= rsa_bits <= MAX_MODULUS_BITS:
                raise ValueError(f"rsa_bits is {MIN_MODULUS_BITS} to {MAX_MODULUS_BITS}.")
            return rsa.generate_private_key(_PUBLIC_EXPONENT, rsa_bits)
        case "EC":
            return ec.generate_private_key(CURVES[curve].implementation)
        case "OKP":
            return _OKP_KEYS[curve]()
        case "AKP":
            generate: Callable[[], LatticePrivateKey] = PARAMETER_SETS[algorithm.name].private.generate
            return if_available(generate)
        case never:
            assert_never(never)


def _key_type(algorithm: KeyAlgorithm, curve: str) -> KeyType:
    if isinstance(algorithm, SignatureAlgorithm):
        return algorithm.key_type
    return "OKP" if curve in _OKP_KEYS else algorithm.key_types[0]


def _secret_bytes(algorithm: KeyAlgorithm) -> int:
    if isinstance(algorithm, SignatureAlgorithm):
        return algorithm.min_key_bits // 8
    return algorithm.key_bytes or _PASSWORD_BYTES


def random_kid() -> str:
    """Make a key id for a secret: 128 random bits, as a digest of the secret would help to guess it (RFC 7638 §7)."""
    return secrets.token_urlsafe(16)
