"""New keys, sized by the algorithm they are for."""

import secrets
from typing import Final, assert_never

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from tokensmith.jose.jwa.curves import CURVES
from tokensmith.jose.jwa.descriptor import KeyObject, SignatureAlgorithm
from tokensmith.jose.jwa.rsa_signature import MAX_MODULUS_BITS, MIN_MODULUS_BITS

_PUBLIC_EXPONENT: Final = 65_537


def generate_key_object(algorithm: SignatureAlgorithm, *, rsa_bits: int = MIN_MODULUS_BITS) -> KeyObject:
    """Make a new private key or secret for *algorithm*.

    Args:
        rsa_bits: Size of the modulus, 2048 to 16384; looked at for RSA alone.

    Raises:
        ValueError: *rsa_bits* is outside its range.
    """
    match algorithm.key_type:
        case "oct":
            return secrets.token_bytes(algorithm.min_key_bits // 8)
        case "RSA":
            if not MIN_MODULUS_BITS <= rsa_bits <= MAX_MODULUS_BITS:
                raise ValueError(f"rsa_bits is {MIN_MODULUS_BITS} to {MAX_MODULUS_BITS}.")
            return rsa.generate_private_key(_PUBLIC_EXPONENT, rsa_bits)
        case "EC":
            return ec.generate_private_key(CURVES[algorithm.curves[0]].implementation)
        case "OKP":
            is_448 = algorithm.curves[0] == "Ed448"
            return ed448.Ed448PrivateKey.generate() if is_448 else ed25519.Ed25519PrivateKey.generate()
        case never:
            assert_never(never)


def random_kid() -> str:
    """Make a key id for a secret: 128 random bits, as a digest of the secret would help to guess it (RFC 7638 §7)."""
    return secrets.token_urlsafe(16)
