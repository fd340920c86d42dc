"""Pictures by which people know a program again (RFC 7591 §2 "logo_uri", but kept here: pages load nothing of others).

A picture has the digest of its bytes for a name, so what a browser has fetched once stays what it was.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.errors import InvalidRequestError

MAX_BYTES: Final = 65_536
# Drawings that can hold scripts (SVG) are not among them.
_STARTS: Final = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_RIFF, _WEBP, _WEBP_AT = b"RIFF", b"WEBP", 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture; *digest* is the SHA-256 of *body* in hexadecimal."""

    digest: str
    media_type: str
    body: bytes


def read_logo(body: bytes) -> Logo:
    """Take a picture that an operator has.

    Raises:
        InvalidRequestError: neither PNG nor JPEG nor WebP, or larger than 64 KiB (`bad_logo`).
    """
    media_type = _media_type(body)
    if media_type is None or len(body) > MAX_BYTES:
        text = f"A logo is a PNG, JPEG or WebP of at most {MAX_BYTES} bytes."
        raise InvalidRequestError(text, code="bad_logo", detail=f"{len(body)} bytes {body[:12]!r}")
    return Logo(digest=hashlib.sha256(body).hexdigest(), media_type=media_type, body=body)


def _media_type(body: bytes) -> str | None:
    for start, media_type in _STARTS:
        if body.startswith(start):
            return media_type
    if body.startswith(_RIFF) and body[_WEBP_AT : _WEBP_AT + len(_WEBP)] == _WEBP:
        return "image/webp"
    return None


class Logos(Protocol):
    """Where pictures are kept; none is ever changed."""

    async def add(self, logo: Logo) -> None:
        """Store a picture; nothing happens where it is there already."""

    async def find(self, digest: str) -> Logo | None:
        """Return the picture with this digest."""
