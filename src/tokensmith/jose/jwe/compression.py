"""The compression "DEF": raw DEFLATE with a ceiling on what comes out (RFC 7516 §4.1.3, RFC 1951).

A few hundred octets can unfold to gigabytes (CVE-2024-28102, CVE-2024-33664), so the unfolding stops at the ceiling and
not after it. Compression also tells the length of what is compressed together with a secret; nobody gets it unasked.
"""

import zlib
from typing import Final

from tokensmith.jose.errors import MalformedTokenError

DEFLATE: Final = "DEF"
# The revision of RFC 8725, §3.15, suggests the first. Text is rarely compressed to less than a tenth.
MAX_PLAINTEXT_BYTES: Final = 250_000
MAX_RATIO: Final = 100
# What is short may be as monotonous as it likes.
_ANY_RATIO_BYTES: Final = 10_000
# No header and no checksum around the stream (RFC 1951): a negative window size, in zlib's way of saying it.
_RAW: Final = -zlib.MAX_WBITS


def compress(plaintext: bytes) -> bytes:
    """Compress a plaintext that a recipient will be ready to decompress.

    Raises:
        ValueError: It is longer than 250,000 octets, or so monotonous that it would be taken for a bomb.
    """
    deflate = zlib.compressobj(wbits=_RAW)
    compressed = deflate.compress(plaintext) + deflate.flush()
    if len(plaintext) > _ceiling(compressed):
        raise ValueError("The plaintext is too long, or too monotonous, to be compressed.")
    return compressed


def decompress(compressed: bytes) -> bytes:
    """Decompress what was in an authenticated token.

    Raises:
        MalformedTokenError: The stream is broken, cut short or followed by something (`malformed_compression`), or more
            than 250,000 octets come out of it, or more than 100 times its length (`too_large`).
    """
    ceiling = _ceiling(compressed)
    inflate = zlib.decompressobj(wbits=_RAW)
    try:
        plaintext = inflate.decompress(compressed, ceiling + 1)
    except zlib.error:
        raise _malformed() from None
    if len(plaintext) > ceiling:
        raise MalformedTokenError("The compressed plaintext is too long.", code="too_large")
    if not inflate.eof or inflate.unused_data:
        raise _malformed()
    return plaintext


def _ceiling(compressed: bytes) -> int:
    return min(MAX_PLAINTEXT_BYTES, max(_ANY_RATIO_BYTES, MAX_RATIO * len(compressed)))


def _malformed() -> MalformedTokenError:
    return MalformedTokenError("The compressed plaintext is malformed.", code="malformed_compression")
