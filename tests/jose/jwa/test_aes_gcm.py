"""AES-GCM (RFC 7518 §5.3)."""

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.jwa.aes_gcm import decrypt_gcm, encrypt_gcm
from tokensmith.jose.jwa.content_encryption import EncryptedContent

EXAMPLE = load("rfc7516-examples.json")[0]


def test_the_example_of_the_standard_both_ways() -> None:
    """RFC 7516 A.1.4–A.1.6."""
    protected, _, iv, ciphertext, tag = EXAMPLE["compact"].split(".")
    key, aad = base64url.decode(EXAMPLE["content_key"]), protected.encode()
    expected = EncryptedContent(
        iv=base64url.decode(iv), ciphertext=base64url.decode(ciphertext), tag=base64url.decode(tag)
    )
    plaintext = EXAMPLE["plaintext"].encode()

    assert encrypt_gcm(key, iv=expected.iv, plaintext=plaintext, aad=aad) == expected
    assert decrypt_gcm(key, content=expected, aad=aad) == plaintext


@pytest.mark.parametrize("octets", [0, 1, 16, 17])
def test_a_ciphertext_is_as_long_as_its_plaintext(octets: int) -> None:
    assert len(encrypt_gcm(bytes(16), iv=bytes(12), plaintext=bytes(octets), aad=b"").ciphertext) == octets
