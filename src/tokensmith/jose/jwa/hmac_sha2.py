"""HS256, HS384, HS512: HMAC with SHA-2 (RFC 7518 §3.2).

The secret is hashed into an HMAC state once; each message works on a copy of that state, which halves the cost of a
short token.
"""

from hmac import compare_digest
from typing import Final, Literal

from cryptography.hazmat.primitives import hmac

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import KeyObject, SignatureAlgorithm, SignatureOperations, key_type_mismatch
from tokensmith.jose.jwa.hashing import SHA2


def _prepare(algorithm: SignatureAlgorithm, key: KeyObject) -> SignatureOperations:
    if not isinstance(key, bytes):
        raise key_type_mismatch(algorithm)
    if len(key) * 8 < algorithm.min_key_bits:
        # RFC 7518 §3.2: a secret at least as long as the hash "MUST be used"; shorter ones are guessed offline.
        raise KeyMaterialError(
            f"{algorithm.name} needs a secret of at least {algorithm.min_key_bits // 8} octets.", code="weak_key"
        )
    keyed = hmac.HMAC(key, SHA2[algorithm.hash_bits])
    size = algorithm.signature_bytes

    def sign(signing_input: bytes) -> bytes:
        mac = keyed.copy()
        mac.update(signing_input)
        return mac.finalize()

    def verify(signature: bytes, signing_input: bytes) -> bool:
        if len(signature) != size:
            return False
        mac = keyed.copy()
        mac.update(signing_input)
        return compare_digest(mac.finalize(), signature)

    return SignatureOperations(sign, verify)


def _describe(name: str, hash_bits: Literal[256, 384, 512]) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=name,
        key_type="oct",
        hash_bits=hash_bits,
        min_key_bits=hash_bits,
        signature_bytes=hash_bits // 8,
        prepare=_prepare,
    )


HS256: Final = _describe("HS256", 256)
HS384: Final = _describe("HS384", 384)
HS512: Final = _describe("HS512", 512)
