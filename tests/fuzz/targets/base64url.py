"""base64url: what is accepted has exactly one spelling, and the standard library agrees which (E01)."""

import base64
import re
from collections.abc import Iterator

from tests.fuzz import vectors
from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


def seeds() -> Iterator[bytes]:
    """Every remainder, with and without padding, and real parts of tokens."""
    yield from (b"", b"QQ", b"QR", b"QUI", b"QUJD", b"QQ==", b"+/+/", b"-_-_", b"Q")
    for text in vectors.texts():
        yield text.rpartition(".")[2].encode()[:200]


def attempt(data: bytes) -> None:
    """Decode bytes, and text of the same characters."""
    expected = _by_the_standard_library(data)
    for text in (data, data.decode("latin-1")):
        try:
            octets = base64url.decode(text)
        except MalformedTokenError:
            assert expected is None, "refused what is canonical"
        else:
            assert octets == expected
            assert base64url.encode_bytes(octets) == data, "two spellings of the same bytes"


def _by_the_standard_library(data: bytes) -> bytes | None:
    if _ALPHABET.fullmatch(data) is None or len(data) % 4 == 1:
        return None
    octets = base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    return octets if base64.urlsafe_b64encode(octets).rstrip(b"=") == data else None
