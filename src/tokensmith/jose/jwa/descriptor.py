"""What an algorithm says of itself (RFC 7518 §3.1), and what it makes of a key.

Code takes a descriptor, never the bare name: the name comes from outside, the descriptor from `tables`. A new algorithm
is one descriptor and one line in that table.
"""

from collections.abc import Callable
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
    MLDSA87PrivateKey,
    MLDSA87PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tokensmith.jose.errors import KeyMaterialError

KeyType = Literal["oct", "RSA", "EC", "OKP", "AKP"]
LatticePrivateKey = MLDSA44PrivateKey | MLDSA65PrivateKey | MLDSA87PrivateKey
LatticePublicKey = MLDSA44PublicKey | MLDSA65PublicKey | MLDSA87PublicKey
PrivateKeyObject = (
    RSAPrivateKey
    | EllipticCurvePrivateKey
    | Ed25519PrivateKey
    | Ed448PrivateKey
    | X25519PrivateKey
    | X448PrivateKey
    | LatticePrivateKey
)
PublicKeyObject = (
    RSAPublicKey
    | EllipticCurvePublicKey
    | Ed25519PublicKey
    | Ed448PublicKey
    | X25519PublicKey
    | X448PublicKey
    | LatticePublicKey
)
KeyObject = bytes | PrivateKeyObject | PublicKeyObject
"""A symmetric secret, or one half of a pair. Its Python type, never a token, says which algorithms are possible."""

SignBytes = Callable[[bytes], bytes]
"""From the signing input to the raw JWS signature."""
VerifyBytes = Callable[[bytes, bytes], bool]
"""From the raw JWS signature and the signing input to whether they belong together."""


class SignatureOperations(msgspec.Struct, frozen=True):
    """One key, made ready for one algorithm; *sign* is None for a public key."""

    sign: SignBytes | None
    verify: VerifyBytes


class SignatureAlgorithm(msgspec.Struct, frozen=True, kw_only=True):
    """What one "alg" value for signatures and MACs means."""

    name: str
    """The value of "alg", compared exactly and with case."""
    key_type: KeyType
    """The one "kty" it works with."""
    curves: tuple[str, ...] = ()
    """The values of "crv" it works with, the one for new keys first; empty for key types without curves."""
    hash_bits: Literal[256, 384, 512] | None
    """Size of the SHA-2 hash; None where the signature scheme settles its own hash (EdDSA, ML-DSA)."""
    min_key_bits: int
    """The smallest key: octets of the secret or of a lattice public key, modulus, or curve, in bits."""
    signature_bytes: int | None
    """Length of every signature; None where it is that of the modulus (RSA) or depends on the curve (EdDSA)."""
    prepare: "Prepare"
    """Checks that a key fits and makes its operations, once; raises `KeyMaterialError`."""


Prepare = Callable[[SignatureAlgorithm, KeyObject], SignatureOperations]


def verify_of_length(check: Callable[[bytes, bytes], None], *, size: int) -> VerifyBytes:
    """Make the verification of a scheme that settles its own hash; its signatures have *size* octets each."""

    def verify(signature: bytes, signing_input: bytes) -> bool:
        if len(signature) != size:
            return False
        try:
            check(signature, signing_input)
        except InvalidSignature:
            return False
        return True

    return verify


def key_type_mismatch(algorithm: SignatureAlgorithm) -> KeyMaterialError:
    """Say that a key is of another kind than *algorithm* needs: the one error of all "alg confusion" attacks."""
    kind = (
        f"{algorithm.key_type} key on {' or '.join(algorithm.curves)}"
        if algorithm.curves
        else f"{algorithm.key_type} key"
    )
    return KeyMaterialError(f"{algorithm.name} needs an {kind}.", code="algorithm_mismatch")
