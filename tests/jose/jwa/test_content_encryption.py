"""What holds for every content encryption (RFC 7518 §5.1): exact lengths, nothing changed, one way to fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose.errors import DecryptionError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS, ContentEncryption
from tokensmith.jose.jwa.content_encryption import EncryptedContent, cannot_decrypt

ALL = list(CONTENT_ENCRYPTIONS.values())
PLAINTEXT, AAD = b"The true sign of intelligence", b"eyJhbGciOiJkaXIifQ"
every = pytest.mark.parametrize("enc", ALL, ids=lambda each: each.name)


def key_of(enc: ContentEncryption) -> bytes:
    return bytes(range(enc.key_bytes))


def seal(enc: ContentEncryption, plaintext: bytes = PLAINTEXT) -> EncryptedContent:
    return enc.encrypt(key_of(enc), iv=bytes(enc.iv_bytes), plaintext=plaintext, aad=AAD)


def refusal_of(enc: ContentEncryption, *, aad: bytes = AAD, **changed: bytes) -> DecryptionError:
    """Decrypt with some parts replaced; whatever they are, nothing else than a `DecryptionError` may come."""
    sealed = seal(enc)
    parts = {"iv": sealed.iv, "ciphertext": sealed.ciphertext, "tag": sealed.tag} | changed
    with pytest.raises(DecryptionError) as refusal:
        enc.decrypt(key_of(enc), content=EncryptedContent(**parts), aad=aad)
    return refusal.value


@every
@given(plaintext=st.binary(max_size=100), aad=st.binary(max_size=100))
def test_what_is_encrypted_is_decrypted(enc: ContentEncryption, plaintext: bytes, aad: bytes) -> None:
    sealed = enc.encrypt(key_of(enc), iv=bytes(enc.iv_bytes), plaintext=plaintext, aad=aad)

    assert enc.decrypt(key_of(enc), content=sealed, aad=aad) == plaintext


@every
def test_a_tag_cut_short_or_made_longer_is_refused(enc: ContentEncryption) -> None:
    """Threat D12 (CVE-2018-1000539, CVE-2023-37464): a tag has one length, that of the algorithm."""
    tag = seal(enc).tag

    for length in range(len(tag)):
        refusal_of(enc, tag=tag[:length])
    refusal_of(enc, tag=tag + b"\0")
    assert len(tag) == (16 if enc.name.endswith("GCM") else enc.key_bytes // 2)


@every
def test_an_initialization_vector_has_one_length(enc: ContentEncryption) -> None:
    """Threat D12; RFC 7518 §5.2.2.1 and §5.3: 128 bits for CBC, 96 bits for GCM."""
    assert enc.iv_bytes == (12 if enc.name.endswith("GCM") else 16)
    for length in (0, 1, 8, enc.iv_bytes - 1, enc.iv_bytes + 1, 32):
        refusal_of(enc, iv=bytes(length))


@pytest.mark.parametrize("enc", ALL[:3], ids=lambda each: each.name)
def test_a_gcm_vector_of_another_length_fails_though_its_tag_is_right(enc: ContentEncryption) -> None:
    """Threat D12: whoever has the key could make such a token; it is still none."""
    sealed = enc.encrypt(key_of(enc), iv=bytes(16), plaintext=PLAINTEXT, aad=AAD)

    with pytest.raises(DecryptionError):
        enc.decrypt(key_of(enc), content=sealed, aad=AAD)


@every
@pytest.mark.parametrize("moved", [-1, 1, 4])
def test_octets_do_not_move_between_ciphertext_and_tag(enc: ContentEncryption, moved: int) -> None:
    """Threat D12: side by side they are the same octets, so a primitive that takes them joined would not notice."""
    sealed = seal(enc)
    joined, at = sealed.ciphertext + sealed.tag, len(sealed.ciphertext) + moved

    refusal_of(enc, ciphertext=joined[:at], tag=joined[at:])


@every
@given(data=st.data())
def test_one_changed_bit_anywhere_is_refused(enc: ContentEncryption, data: st.DataObject) -> None:
    sealed = seal(enc)
    name = data.draw(st.sampled_from(["iv", "ciphertext", "tag"]))
    octets = bytearray(getattr(sealed, name))
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    refusal_of(enc, **{name: bytes(octets)})


@every
def test_the_additional_data_are_authenticated(enc: ContentEncryption) -> None:
    refusal_of(enc, aad=AAD + b"A")
    refusal_of(enc, aad=b"")


@every
def test_every_failure_is_the_same(enc: ContentEncryption) -> None:
    """Threats D09 and D10: class, code, text, and no cause that tells more."""
    sealed = seal(enc)
    failures = [
        refusal_of(enc, tag=bytes(len(sealed.tag))),
        refusal_of(enc, tag=b""),
        refusal_of(enc, iv=b""),
        refusal_of(enc, ciphertext=sealed.ciphertext[:-1]),
        refusal_of(enc, ciphertext=b""),
        refusal_of(enc, aad=b""),
    ]

    assert {(type(each), each.code, str(each), each.detail) for each in failures} == {
        (DecryptionError, "decryption_failed", "The token cannot be decrypted.", "")
    }
    assert all(each.__suppress_context__ or each.__context__ is None for each in failures)


def test_the_one_error_says_nothing_more() -> None:
    assert (cannot_decrypt().code, cannot_decrypt().detail) == ("decryption_failed", "")
