"""What an algorithm for content encryption says of itself (RFC 7518 §5.1), and the one way in which decryption fails.

Why a decryption failed is nobody's business: each reason that can be told apart, by its text or by the time it takes,
has been an oracle to somebody (RFC 7516 §11.4, §11.5).
"""

from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from tokensmith.jose.errors import DecryptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedContent:
    """What encryption makes of a plaintext."""

    iv: bytes
    """The initialization vector, never used twice with one key."""
    ciphertext: bytes
    tag: bytes
    """The authentication tag, over the additional data too."""


class EncryptContent(Protocol):
    """What encrypts."""

    def __call__(self, key: bytes, *, iv: bytes, plaintext: bytes, aad: bytes) -> EncryptedContent:
        """Encrypt *plaintext*, and authenticate it together with *aad*."""
        ...


class DecryptContent(Protocol):
    """What decrypts."""

    def __call__(self, key: bytes, *, content: EncryptedContent, aad: bytes) -> bytes:
        """Check the tag and give the plaintext; or raise `cannot_decrypt`, whatever is wrong."""
        ...


class ContentEncryption(msgspec.Struct, frozen=True, kw_only=True):
    """What one "enc" value means."""

    name: str
    """The value of "enc", compared exactly and with case."""
    key_bytes: int
    """Length of the content encryption key (CEK), for CBC with HMAC that of both its halves."""
    iv_bytes: int
    encrypt: EncryptContent = field(repr=False)
    decrypt: DecryptContent = field(repr=False)


def cannot_decrypt() -> DecryptionError:
    """Build the one error of all failures to decrypt: same class, same code, same text."""
    return DecryptionError("The token cannot be decrypted.")
