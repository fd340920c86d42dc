"""RSA-OAEP, RSA-OAEP-256, -384 and -512: a content key encrypted to an RSA key (RFC 7518 §4.3).

RSA1_5 (§4.2) is not here: its padding has answered attackers for as long as it exists (Bleichenbacher 1998 to
CVE-2026-28490), and nobody who could use it cannot use this.
"""

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from tokensmith.jose.jwa.content_encryption import ContentEncryption, cannot_decrypt
from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwa.key_management import (
    KeyManagementAlgorithm,
    KeyManagementOperations,
    Parameters,
    Prepare,
    UnwrapKey,
    WrapKey,
    WrappedKey,
    key_mismatch,
)
from tokensmith.jose.jwa.rsa_signature import check_public_numbers


def _prepare_with(hash_algorithm: hashes.HashAlgorithm) -> Prepare:
    # RFC 7518 §4.3: MGF1 with the same hash, and no label.
    padding = OAEP(mgf=MGF1(hash_algorithm), algorithm=hash_algorithm, label=None)

    def prepare(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
        if not isinstance(key, RSAPrivateKey | RSAPublicKey):
            raise key_mismatch(algorithm)
        public = key.public_key() if isinstance(key, RSAPrivateKey) else key
        numbers = public.public_numbers()
        check_public_numbers(modulus=numbers.n, exponent=numbers.e)
        unwrap = _unwrap(key, padding) if isinstance(key, RSAPrivateKey) else None
        return KeyManagementOperations("RSA", _wrap(public, padding), unwrap)

    return prepare


def _wrap(public: RSAPublicKey, padding: OAEP) -> WrapKey:
    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        return WrappedKey(content_key=content_key, encrypted_key=public.encrypt(content_key, padding))

    return wrap


def _unwrap(private: RSAPrivateKey, padding: OAEP) -> UnwrapKey:
    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:  # noqa: ARG001
        try:
            content_key = private.decrypt(encrypted_key, padding)
        except ValueError:
            raise cannot_decrypt() from None
        if len(content_key) != enc.key_bytes:
            raise cannot_decrypt()
        return content_key

    return unwrap


def _describe(name: str, hash_algorithm: hashes.HashAlgorithm) -> KeyManagementAlgorithm:
    return KeyManagementAlgorithm(name=name, key_types=("RSA",), prepare=_prepare_with(hash_algorithm))


# OAEP needs no collision resistance of its hash, so SHA-1 is no weakness here (RFC 8017 §B.1).
RSA_OAEP: Final = _describe("RSA-OAEP", hashes.SHA1())  # noqa: S303
RSA_OAEP_256: Final = _describe("RSA-OAEP-256", hashes.SHA256())
RSA_OAEP_384: Final = _describe("RSA-OAEP-384", hashes.SHA384())
RSA_OAEP_512: Final = _describe("RSA-OAEP-512", hashes.SHA512())
