"""AES-CBC with HMAC (RFC 7518 §5.2)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.jose.jwe.vectors import load
from tokensmith.jose.errors import DecryptionError
from tokensmith.jose.jwa import aes_cbc_hmac, content_encryption
from tokensmith.jose.jwa.content_encryption import EncryptedContent

KEY, IV, AAD = bytes(range(32)), bytes(16), b"header"


@pytest.mark.parametrize("example", load("rfc7518-aes-cbc-hmac.json"), ids=lambda each: each["enc"])
def test_the_examples_of_the_standard_both_ways(example: dict[str, str]) -> None:
    """RFC 7518 B.1–B.3."""
    enc = content_encryption(example["enc"])
    key, iv, aad, plaintext = (bytes.fromhex(example[name]) for name in ("key", "iv", "aad", "plaintext"))
    expected = EncryptedContent(
        iv=iv, ciphertext=bytes.fromhex(example["ciphertext"]), tag=bytes.fromhex(example["tag"])
    )

    assert enc.encrypt(key, iv=iv, plaintext=plaintext, aad=aad) == expected
    assert enc.decrypt(key, content=expected, aad=aad) == plaintext


def under_a_good_tag(ciphertext: bytes, *, iv: bytes = IV) -> EncryptedContent:
    """What only somebody with the key can send."""
    return EncryptedContent(
        iv=iv, ciphertext=ciphertext, tag=aes_cbc_hmac._tag(KEY, iv=iv, ciphertext=ciphertext, aad=AAD)
    )


@pytest.mark.parametrize("padded", [bytes(16), b"\x11" * 16, b"\x02" * 14 + b"\x01\x02", b"\x01" * 15 + b"\x00"])
def test_bad_padding_under_a_good_tag_is_the_same_refusal(padded: bytes) -> None:
    """Threat D10: nobody learns what the padding was like."""
    encryptor = Cipher(AES(KEY[16:]), CBC(IV)).encryptor()
    content = under_a_good_tag(encryptor.update(padded) + encryptor.finalize())

    with pytest.raises(DecryptionError) as refusal:
        aes_cbc_hmac.decrypt_cbc_hmac(KEY, content=content, aad=AAD)

    assert (refusal.value.code, str(refusal.value)) == ("decryption_failed", "The token cannot be decrypted.")


@pytest.mark.parametrize("octets", [0, 1, 15, 17])
def test_a_part_of_a_block_under_a_good_tag_is_refused(octets: int) -> None:
    with pytest.raises(DecryptionError):
        aes_cbc_hmac.decrypt_cbc_hmac(KEY, content=under_a_good_tag(bytes(octets)), aad=AAD)


def test_a_vector_of_another_length_under_a_good_tag_is_refused() -> None:
    """Threat D12. The tag is over vector and ciphertext side by side, so the octets can change places."""
    sealed = aes_cbc_hmac.encrypt_cbc_hmac(KEY, iv=IV, plaintext=b"x" * 40, aad=AAD)
    moved = EncryptedContent(iv=IV + sealed.ciphertext[:16], ciphertext=sealed.ciphertext[16:], tag=sealed.tag)

    with pytest.raises(DecryptionError):
        aes_cbc_hmac.decrypt_cbc_hmac(KEY, content=moved, aad=AAD)


def test_nothing_is_decrypted_before_the_tag_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat D10 (CVE-2017-12973): with a wrong tag the cipher is not even set up."""

    def cipher(*arguments: Any) -> None:
        raise AssertionError("decrypted before the tag was checked")

    sealed = aes_cbc_hmac.encrypt_cbc_hmac(KEY, iv=IV, plaintext=b"x", aad=AAD)
    monkeypatch.setattr(aes_cbc_hmac, "Cipher", cipher)

    with pytest.raises(DecryptionError):
        aes_cbc_hmac.decrypt_cbc_hmac(
            KEY, content=EncryptedContent(iv=IV, ciphertext=sealed.ciphertext, tag=bytes(16)), aad=AAD
        )


def test_the_length_of_the_additional_data_has_64_bits() -> None:
    """Threat D11 (CVE-2016-9123): octets that move from the data to the vector and back change the tag."""
    tag = aes_cbc_hmac._tag(KEY, iv=IV, ciphertext=b"c", aad=b"a" * 8)

    assert tag != aes_cbc_hmac._tag(KEY, iv=b"a" * 8 + IV, ciphertext=b"c", aad=b"")
    assert tag != aes_cbc_hmac._tag(KEY, iv=IV, ciphertext=b"c" + (64).to_bytes(4, "big"), aad=b"a" * 8)
