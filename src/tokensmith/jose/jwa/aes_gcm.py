"""A128GCM, A192GCM, A256GCM: content encryption with AES in Galois/Counter Mode (RFC 7518 §5.3).

The primitive takes initialization vectors of many lengths and, elsewhere, tags cut short; a tag of 4 octets is guessed
in an afternoon (CVE-2018-1000539, CVE-2023-37464). Both have one length here.
"""

from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent, cannot_decrypt

IV_BYTES: Final = 12
TAG_BYTES: Final = 16


def encrypt_gcm(key: bytes, *, iv: bytes, plaintext: bytes, aad: bytes) -> EncryptedContent:
    """Encrypt with a key of 16, 24 or 32 octets and an initialization vector of 12, new for each message."""
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    return EncryptedContent(iv=iv, ciphertext=sealed[:-TAG_BYTES], tag=sealed[-TAG_BYTES:])


def decrypt_gcm(key: bytes, *, content: EncryptedContent, aad: bytes) -> bytes:
    """Check the tag and decrypt.

    Raises:
        DecryptionError: The initialization vector is not 12 octets, the tag not 16, or it does not match.
    """
    if len(content.iv) != IV_BYTES or len(content.tag) != TAG_BYTES:
        raise cannot_decrypt()
    try:
        return AESGCM(key).decrypt(content.iv, content.ciphertext + content.tag, aad)
    except InvalidTag:
        raise cannot_decrypt() from None


def _describe(name: str, key_bytes: Literal[16, 24, 32]) -> ContentEncryption:
    return ContentEncryption(
        name=name, key_bytes=key_bytes, iv_bytes=IV_BYTES, encrypt=encrypt_gcm, decrypt=decrypt_gcm
    )


A128GCM: Final = _describe("A128GCM", 16)
A192GCM: Final = _describe("A192GCM", 24)
A256GCM: Final = _describe("A256GCM", 32)
