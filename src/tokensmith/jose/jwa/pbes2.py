"""PBES2-HS256+A128KW and its like: a content key wrapped with a password (RFC 7518 §4.8).

The sender says how often the recipient hashes, which is an invitation to keep it busy for hours (CVE-2022-36083,
CVE-2023-6681, CVE-2026-27932); so that number is looked at before anything is hashed.
"""

import hashlib
import secrets
from typing import Final

from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError
from tokensmith.jose.jwa.aes_key_wrap import unwrap_with
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwa.key_management import (
    KeyManagementAlgorithm,
    KeyManagementOperations,
    Parameters,
    Prepare,
    WrappedKey,
    key_mismatch,
)

# RFC 7518 §4.8.1.2 gives the floor; the revision of RFC 8725, §3.13, the ceiling: twice what OWASP asks for in 2023.
MIN_ITERATIONS: Final = 1000
MAX_ITERATIONS: Final = 1_200_000
MIN_SALT_BYTES: Final = 8
# RFC 7518 §8.8 recommends 16 octets for PBES2-HS256+A128KW, and more for the others.
MIN_PASSWORD_BYTES: Final = 16
_SALT_BYTES: Final = 16


def check_cost(*, salt: bytes, iterations: int | None) -> int:
    """Give the number of iterations where it and the salt are within their bounds.

    Raises:
        MalformedTokenError: The salt has fewer than 8 octets, or there are fewer than 1000 iterations, more than
            1,200,000, or none ("malformed_header").
    """
    if len(salt) < MIN_SALT_BYTES:
        raise MalformedTokenError('The header parameter "p2s" is too short.', code="malformed_header")
    if iterations is None or not MIN_ITERATIONS <= iterations <= MAX_ITERATIONS:
        raise MalformedTokenError('The header parameter "p2c" is out of range.', code="malformed_header")
    return iterations


def _prepare_with(*, hash_bits: int, default_iterations: int) -> Prepare:
    def prepare(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
        if not isinstance(key, bytes):
            raise key_mismatch(algorithm)
        if len(key) < MIN_PASSWORD_BYTES:
            # Whoever holds a token can try passwords against it, offline and without end.
            raise KeyMaterialError(f"A password has at least {MIN_PASSWORD_BYTES} octets.", code="weak_key")

        def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
            iterations = default_iterations if parameters.iterations is None else parameters.iterations
            chosen = Parameters(salt=secrets.token_bytes(_SALT_BYTES), iterations=iterations)
            wrapping_key = derive_key(key, algorithm=algorithm, hash_bits=hash_bits, parameters=chosen)
            encrypted_key = aes_key_wrap(wrapping_key, content_key)
            return WrappedKey(content_key=content_key, encrypted_key=encrypted_key, parameters=chosen)

        def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:
            wrapping_key = derive_key(key, algorithm=algorithm, hash_bits=hash_bits, parameters=parameters)
            return unwrap_with(wrapping_key, encrypted_key, enc=enc)

        return KeyManagementOperations("oct", wrap, unwrap)

    return prepare


def derive_key(password: bytes, *, algorithm: KeyManagementAlgorithm, hash_bits: int, parameters: Parameters) -> bytes:
    """Hash a password into a wrapping key, half as long as the hash (RFC 7518 §4.8).

    Raises:
        MalformedTokenError: As of `check_cost`.
    """
    iterations = check_cost(salt=parameters.salt, iterations=parameters.iterations)
    # RFC 7518 §4.8.1.1: the name goes into the salt, so that one password makes another key for each algorithm.
    salt = algorithm.name.encode("ascii") + b"\0" + parameters.salt
    return hashlib.pbkdf2_hmac(f"sha{hash_bits}", password, salt, iterations, dklen=hash_bits // 16)


def _describe(name: str, *, hash_bits: int, default_iterations: int) -> KeyManagementAlgorithm:
    return KeyManagementAlgorithm(
        name=name,
        key_types=("oct",),
        parameters=("p2s", "p2c"),
        wrapping=frozenset({"deriveKey", "deriveBits"}),
        unwrapping=frozenset({"deriveKey", "deriveBits"}),
        prepare=_prepare_with(hash_bits=hash_bits, default_iterations=default_iterations),
    )


# The numbers are those of OWASP's Password Storage Cheat Sheet (2023); it has none for SHA-384, which costs the same.
PBES2_HS256_A128KW: Final = _describe("PBES2-HS256+A128KW", hash_bits=256, default_iterations=600_000)
PBES2_HS384_A192KW: Final = _describe("PBES2-HS384+A192KW", hash_bits=384, default_iterations=210_000)
PBES2_HS512_A256KW: Final = _describe("PBES2-HS512+A256KW", hash_bits=512, default_iterations=210_000)
