"""A128CBC-HS256, A192CBC-HS384, A256CBC-HS512: AES-CBC with HMAC over everything (RFC 7518 §5.2).

The tag is checked before a single block is decrypted: whoever looks at the padding first answers an attacker one octet
per 128 questions (CVE-2017-12973, CVE-2021-29443).
"""

from collections.abc import Mapping
from hmac import compare_digest
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from tokensmith.jose.jwa.content_encryption import ContentEncryption, EncryptedContent, cannot_decrypt

_BLOCK_BYTES: Final = 16
# RFC 7518 §5.2.3-§5.2.5: the hash follows from the length of the key, whose first half is for it; the tag is that long.
_HASHES: Final[Mapping[int, hashes.HashAlgorithm]] = MappingProxyType(
    {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}
)


def encrypt_cbc_hmac(key: bytes, *, iv: bytes, plaintext: bytes, aad: bytes) -> EncryptedContent:
    """Encrypt with a key of 32, 48 or 64 octets and an initialization vector of 16, random for each message."""
    padder = PKCS7(_BLOCK_BYTES * 8).padder()
    encryptor = Cipher(AES(key[len(key) // 2 :]), CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
    return EncryptedContent(iv=iv, ciphertext=ciphertext, tag=_tag(key, iv=iv, ciphertext=ciphertext, aad=aad))


def decrypt_cbc_hmac(key: bytes, *, content: EncryptedContent, aad: bytes) -> bytes:
    """Check the tag in constant time, then decrypt.

    Raises:
        DecryptionError: The tag does not match, or is cut short; the initialization vector is not 16 octets; or the
            ciphertext is not in whole blocks, which only a sender with the key can bring about.
    """
    expected = _tag(key, iv=content.iv, ciphertext=content.ciphertext, aad=aad)
    if not compare_digest(expected, content.tag) or len(content.iv) != _BLOCK_BYTES:
        raise cannot_decrypt()
    decryptor = Cipher(AES(key[len(key) // 2 :]), CBC(content.iv)).decryptor()
    unpadder = PKCS7(_BLOCK_BYTES * 8).unpadder()
    try:
        padded = decryptor.update(content.ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise cannot_decrypt() from None


def _tag(key: bytes, *, iv: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    """Authenticate everything (RFC 7518 §5.2.2.1, steps 4 to 6)."""
    half = len(key) // 2
    mac = hmac.HMAC(key[:half], _HASHES[len(key)])
    # AL is 64 bits wide: a length that wraps around moves octets between the two fields (CVE-2016-9123).
    mac.update(aad + iv + ciphertext + (len(aad) * 8).to_bytes(8, "big"))
    return mac.finalize()[:half]


def _describe(name: str, key_bytes: int) -> ContentEncryption:
    return ContentEncryption(
        name=name, key_bytes=key_bytes, iv_bytes=_BLOCK_BYTES, encrypt=encrypt_cbc_hmac, decrypt=decrypt_cbc_hmac
    )


A128CBC_HS256: Final = _describe("A128CBC-HS256", 32)
A192CBC_HS384: Final = _describe("A192CBC-HS384", 48)
A256CBC_HS512: Final = _describe("A256CBC-HS512", 64)
