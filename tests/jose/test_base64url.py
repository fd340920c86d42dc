"""Base64url in one spelling: every other way to write the same bytes is refused."""

from itertools import product

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"\xfb\xff\xfe", "-__-"),
        (bytes([3, 236, 255, 224, 193]), "A-z_4ME"),
    ],
)
def test_bytes_and_text_are_two_spellings_of_one_thing(data: bytes, text: str) -> None:
    """RFC 4648 §10 and RFC 7515 Appendix C, padding left out."""
    assert base64url.encode(data) == text
    assert base64url.encode_bytes(data) == text.encode()
    assert base64url.decode(text) == data
    assert base64url.decode(text.encode()) == data


@pytest.mark.parametrize("foreign", sorted(set(range(256)) - set(ALPHABET)))
@pytest.mark.parametrize("place", range(8))
def test_a_byte_outside_the_alphabet_is_refused_wherever_it_stands(foreign: int, place: int) -> None:
    """E01: RFC 7515 §2: padding, white space, quotes, `+` and `/` included; lax decoders skip some of them."""
    text = bytearray(b"Zm9vYmFy")
    text[place] = foreign

    with pytest.raises(MalformedTokenError) as caught:
        base64url.decode(bytes(text))

    assert caught.value.code == "base64url"


@pytest.mark.parametrize(
    "text", ["Zg==", "Zm8=", "Zg=", "=", "==", "Zm9vYg==Zm9v", "Zm9v\n", " Zm9v", "Zm9é", "\\u005a"]
)
def test_spellings_that_other_decoders_forgive_are_refused(text: str) -> None:
    """E01: One signature must have one spelling, or a deny-list of tokens is walked around."""
    with pytest.raises(MalformedTokenError) as caught:
        base64url.decode(text)

    assert caught.value.code == "base64url"


@pytest.mark.parametrize("text", ["Z", "Zm9vY", "Zm9vYmFyZ"])
def test_a_length_that_no_byte_string_has_is_refused(text: str) -> None:
    """One character of six bits is no whole byte."""
    with pytest.raises(MalformedTokenError):
        base64url.decode(text)


@pytest.mark.parametrize("length", [2, 3])
def test_spare_bits_have_to_be_zero(length: int) -> None:
    """E01: RFC 4648 §3.5: of all ways to end a text, only the encoder's own is read."""
    accepted = [bytes(text) for text in product(b"A", *[ALPHABET] * (length - 1)) if is_read(bytes(text))]

    assert len(accepted) == 64 ** (length - 1) // {2: 16, 3: 4}[length]
    assert all(base64url.encode_bytes(base64url.decode(text)) == text for text in accepted)


def is_read(text: bytes) -> bool:
    try:
        base64url.decode(text)
    except MalformedTokenError:
        return False
    return True
