"""Ed25519 and Ed448, and the older name EdDSA for either (RFC 8037 §3.1, RFC 9864 §2.2).

"EdDSA" does not say which curve; RFC 9864 replaces it by the two full names. A key is bound to the old name only
where a caller asks for it by that name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    SignatureAlgorithm,
    SignatureOperations,
    VerifyBytes,
    key_type_mismatch,
    verify_of_length,
)

_PRIMES: Final[Mapping[str, int]] = MappingProxyType({"Ed25519": 2**255 - 19, "Ed448": 2**448 - 2**224 - 1})
# The y of the points of order 8 on Ed25519 is this, or its negative; Ed448 has no such points.
_EIGHTH: Final = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {
        "Ed25519": frozenset({0, 1, _PRIMES["Ed25519"] - 1, _EIGHTH, _PRIMES["Ed25519"] - _EIGHTH}),
        "Ed448": frozenset({0, 1, _PRIMES["Ed448"] - 1}),
    }
)
"""The y of every point whose order divides the cofactor, 8 or 4."""


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey | Ed448PrivateKey | Ed448PublicKey):
        raise key_type_mismatch(algorithm)
    curve = "Ed25519" if isinstance(key, Ed25519PrivateKey | Ed25519PublicKey) else "Ed448"
    if curve not in algorithm.curves:
        raise key_type_mismatch(algorithm)
    if isinstance(key, Ed25519PublicKey | Ed448PublicKey):
        _check_point(key, curve)
        return SignatureOperations(None, _prepare_verify(key))
    return SignatureOperations(key.sign, _prepare_verify(key.public_key()))


def _check_point(public: Ed25519PublicKey | Ed448PublicKey, curve: str) -> None:
    """Refuse a public key under which one signature is good for every message, or that is spelled in a second way.

    The primitive takes both. A key of small order is nobody's: with it whoever chose it signs nothing and everything.
    """
    octets = public.public_bytes_raw()
    # RFC 8032 §5.1.3, §5.2.3: y in little-endian order, below the prime; the highest bit is the sign of x.
    y = int.from_bytes(octets, "little") & ((1 << 8 * len(octets) - 1) - 1)
    if y >= _PRIMES[curve]:
        raise KeyMaterialError("The public key is not spelled in its one way.", code="malformed_key")
    if y in _SMALL_ORDER[curve]:
        raise KeyMaterialError("The public key is a point of small order.", code="weak_key")


def _prepare_verify(public: Ed25519PublicKey | Ed448PublicKey) -> VerifyBytes:
    return verify_of_length(public.verify, size=64 if isinstance(public, Ed25519PublicKey) else 114)


ED25519: Final = SignatureAlgorithm(
    name="Ed25519",
    key_type="OKP",
    curves=("Ed25519",),
    hash_bits=None,
    min_key_bits=256,
    signature_bytes=64,
    prepare=_prepare,
)
ED448: Final = SignatureAlgorithm(
    name="Ed448",
    key_type="OKP",
    curves=("Ed448",),
    hash_bits=None,
    min_key_bits=456,
    signature_bytes=114,
    prepare=_prepare,
)
EDDSA: Final = SignatureAlgorithm(
    name="EdDSA",
    key_type="OKP",
    curves=("Ed25519", "Ed448"),
    hash_bits=None,
    min_key_bits=256,
    signature_bytes=None,
    prepare=_prepare,
)
