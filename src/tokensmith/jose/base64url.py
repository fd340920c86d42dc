"""Base64url without padding, in its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5 and §5).

Python's own decoder skips characters it does not know and ignores spare bits in the last
character, so one signature could be written many ways. Ours accepts exactly one.
"""

import binascii
from string import ascii_letters, digits
from typing import Final

import msgspec

from tokensmith.jose.errors import MalformedTokenError

_ALPHABET: Final = (ascii_letters + digits + "-_").encode()
_write_standard: Final = binascii.b2a_base64
# Whatever is not in the alphabet, quotes and padding included, becomes what no base64 decoder takes.
_TO_STANDARD: Final = bytes(byte if byte in _ALPHABET else ord("!") for byte in range(256)).translate(
    bytes.maketrans(b"-_", b"+/")
)
# msgspec reads base64 from a JSON string in half the time that binascii takes in its strict mode.
_decode_string: Final = msgspec.json.Decoder(bytes).decode
_PADDING: Final = (b'"', b'"', b'=="', b'="')
# The last character of a 2- or 3-character remainder carries 4 or 2 spare bits, which must be zero. One character
# alone is no whole byte, so nothing is canonical there.
_CANONICAL_LAST: Final = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")


def encode(data: bytes) -> str:
    """Write *data* as base64url without padding."""
    return encode_bytes(data).decode("ascii")


def encode_bytes(data: bytes) -> bytes:
    """Write *data* as base64url without padding, as ASCII bytes."""
    # JSON hardly ever has the two to be replaced, and to look for them is quicker than to translate every byte.
    return _write_standard(data, newline=False).replace(b"+", b"-").replace(b"/", b"_").rstrip(b"=")


def decode(text: str | bytes) -> bytes:
    """Read base64url that is spelled canonically; the empty text is the empty byte string.

    Raises:
        MalformedTokenError: code `base64url`: a character outside the alphabet (padding, white space, `+` and `/`
            included), a length that no byte string has, or spare bits that are not zero.
    """
    if isinstance(text, str):
        try:
            text = text.encode("ascii")
        except UnicodeEncodeError:
            raise _refusal() from None
    remainder = len(text) & 3
    if remainder and text[-1] not in _CANONICAL_LAST[remainder]:
        raise _refusal()
    try:
        return _decode_string(b'"' + text.translate(_TO_STANDARD) + _PADDING[remainder])
    except msgspec.DecodeError:
        raise _refusal() from None


def _refusal() -> MalformedTokenError:
    return MalformedTokenError("A part is not canonical base64url.", code="base64url")
