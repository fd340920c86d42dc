"""Ed25519 and Ed448, and the older name EdDSA for either (RFC 8037 §3.1, RFC 9864 §2.2).

"EdDSA" does not say which curve; RFC 9864 replaces it by the two full names. A key is bound to the old name only
where a caller asks for it by that name.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tokensmith.jose.jwa.descriptor import (
    KeyObject,
    SignatureAlgorithm,
    SignatureOperations,
    VerifyBytes,
    key_type_mismatch,
)


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey | Ed448PrivateKey | Ed448PublicKey):
        raise key_type_mismatch(algorithm)
    curve = "Ed25519" if isinstance(key, Ed25519PrivateKey | Ed25519PublicKey) else "Ed448"
    if curve not in algorithm.curves:
        raise key_type_mismatch(algorithm)
    if isinstance(key, Ed25519PublicKey | Ed448PublicKey):
        return SignatureOperations(None, _prepare_verify(key))
    return SignatureOperations(key.sign, _prepare_verify(key.public_key()))


def _prepare_verify(public: Ed25519PublicKey | Ed448PublicKey) -> VerifyBytes:
    size = 64 if isinstance(public, Ed25519PublicKey) else 114
    check = public.verify

    def verify(signature: bytes, signing_input: bytes) -> bool:
        if len(signature) != size:
            return False
        try:
            check(signature, signing_input)
        except InvalidSignature:
            return False
        return True

    return verify


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
