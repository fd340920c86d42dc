"""Base64url without padding, in its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5 and §5).

Python's own decoder skips characters it does not know and ignores spare bits in the last
character, so one signature could be written many ways. Ours accepts exactly one.
"""

import binascii
from typing import Final

from tokensmith.jose.errors import MalformedTokenError

# NUL is in no base64 alphabet: what must not appear becomes something the decoder refuses.
_TO_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")

_PADDING: Final = (b"", b"", b"==", b"=")
# The last character of a 2- or 3-character remainder carries 4 or 2 spare bits, which must be zero. One character
# alone is no whole byte, so nothing is canonical there.
_CANONICAL_LAST: Final = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")


def encode(data: bytes) -> str:
    """Write *data* as base64url without padding."""
    return encode_bytes(data).decode("ascii")


def encode_bytes(data: bytes) -> bytes:
    """Write *data* as base64url without padding, as ASCII bytes."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


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
        return binascii.a2b_base64(text.translate(_TO_STANDARD) + _PADDING[remainder], strict_mode=True)
    except binascii.Error:
        raise _refusal() from None


def _refusal() -> MalformedTokenError:
    return MalformedTokenError("A part is not canonical base64url.", code="base64url")
