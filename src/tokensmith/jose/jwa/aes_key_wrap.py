"""A128KW to A256KW, AES Key Wrap, and A128GCMKW to A256GCMKW, key encryption with AES-GCM (RFC 7518 §4.4, §4.7).

AES Key Wrap needs nothing random; GCM does, and one initialization vector used twice gives its key away.
"""

import secrets
from typing import Final, Literal

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tokensmith.jose.jwa.aes_gcm import IV_BYTES, decrypt_gcm, encrypt_gcm
from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent, cannot_decrypt
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


def unwrap_with(wrapping_key: bytes, encrypted_key: bytes, *, enc: ContentEncryption) -> bytes:
    """Undo AES Key Wrap (RFC 3394 §2.2.2), also for algorithms that first have to find the wrapping key.

    Raises:
        DecryptionError: The encrypted key is not 8 octets longer than a content key, or does not match.
    """
    # A key of another length would be somebody else's content key; and the unwrapping takes time by the octet.
    if len(encrypted_key) != enc.key_bytes + 8:
        raise cannot_decrypt()
    try:
        return aes_key_unwrap(wrapping_key, encrypted_key)
    except InvalidUnwrap:
        raise cannot_decrypt() from None


def _prepare_key_wrap(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
    secret = _sized(algorithm, key)

    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        return WrappedKey(content_key=content_key, encrypted_key=aes_key_wrap(secret, content_key))

    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:  # noqa: ARG001
        return unwrap_with(secret, encrypted_key, enc=enc)

    return KeyManagementOperations("oct", wrap, unwrap)


def _prepare_gcm(algorithm: KeyManagementAlgorithm, key: KeyObject) -> KeyManagementOperations:
    secret = _sized(algorithm, key)
    return KeyManagementOperations("oct", _gcm_wrap(secret), _gcm_unwrap(secret))


def _gcm_wrap(secret: bytes) -> WrapKey:
    def wrap(content_key: bytes, enc: ContentEncryption, parameters: Parameters) -> WrappedKey:  # noqa: ARG001
        sealed = encrypt_gcm(secret, iv=secrets.token_bytes(IV_BYTES), plaintext=content_key, aad=b"")
        return WrappedKey(
            content_key=content_key,
            encrypted_key=sealed.ciphertext,
            parameters=Parameters(iv=sealed.iv, tag=sealed.tag),
        )

    return wrap


def _gcm_unwrap(secret: bytes) -> UnwrapKey:
    def unwrap(encrypted_key: bytes, enc: ContentEncryption, parameters: Parameters) -> bytes:
        if len(encrypted_key) != enc.key_bytes:
            raise cannot_decrypt()
        sealed = EncryptedContent(iv=parameters.iv, ciphertext=encrypted_key, tag=parameters.tag)
        return decrypt_gcm(secret, content=sealed, aad=b"")

    return unwrap


def _sized(algorithm: KeyManagementAlgorithm, key: KeyObject) -> bytes:
    if not isinstance(key, bytes) or len(key) != algorithm.key_bytes:
        raise key_mismatch(algorithm)
    return key


def _describe(
    name: str, key_bytes: Literal[16, 24, 32], prepare: Prepare, parameters: tuple[str, ...] = ()
) -> KeyManagementAlgorithm:
    return KeyManagementAlgorithm(
        name=name, key_types=("oct",), key_bytes=key_bytes, parameters=parameters, prepare=prepare
    )


A128KW: Final = _describe("A128KW", 16, _prepare_key_wrap)
A192KW: Final = _describe("A192KW", 24, _prepare_key_wrap)
A256KW: Final = _describe("A256KW", 32, _prepare_key_wrap)
A128GCMKW: Final = _describe("A128GCMKW", 16, _prepare_gcm, ("iv", "tag"))
A192GCMKW: Final = _describe("A192GCMKW", 24, _prepare_gcm, ("iv", "tag"))
A256GCMKW: Final = _describe("A256GCMKW", 32, _prepare_gcm, ("iv", "tag"))
