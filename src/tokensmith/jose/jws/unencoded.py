"""Payloads that stand beside the token, or in it as they are: detached and unencoded (RFC 7515 Appendix F, RFC 7797).

What a signature is over depends on a member of the header it covers: base64url text, or with "b64": false the payload
itself. So nothing may decode a payload before its header was read; and a payload comes from exactly one place, or two
readers could each believe another one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.strict_json import JsonValue

UNDERSTOOD: Final = frozenset({"b64"})
"""The extension that is implemented here, for readers of headers."""
UNENCODED_MEMBERS: Final[Mapping[str, JsonValue]] = MappingProxyType({"b64": False, "crit": ("b64",)})
"""What a header says of an unencoded payload; never without "crit" (RFC 7797 §6)."""
# RFC 7797 §5.2: printable ASCII and the space, and no full stop, which ends a part.
_IN_COMPACT: Final = bytes(octet for octet in range(0x20, 0x7F) if octet != ord("."))


class Payload(msgspec.Struct, frozen=True, gc=False):
    """A payload, and what stands for it in the signing input."""

    octets: bytes
    signed_as: bytes


def represent(payload: bytes, *, unencoded: bool) -> bytes:
    """Give what stands for a payload in the signing input (RFC 7797 §3)."""
    if not isinstance(payload, bytes):
        raise TypeError(f"A payload is bytes, not {type(payload).__name__}.")
    return payload if unencoded else base64url.encode_bytes(payload)


def fits_compact(payload: bytes) -> bool:
    """Tell whether an unencoded payload may stand inside a compact token (RFC 7797 §5.2)."""
    return not payload.translate(None, _IN_COMPACT)


def take_payload(text: bytes | None, *, detached: bytes | None, unencoded: bool) -> Payload:
    """Take the payload from the one place where it is.

    Args:
        text: What the token has in the payload's place; None where it has no such place.
        detached: The payload the caller has beside the token; None where there is none.
        unencoded: Whether the header asks for the payload as it is.

    Raises:
        MalformedTokenError: There are two payloads or none ("payload_source"), or *text* is not base64url though it
            has to be ("base64url").
        TypeError: *detached* is not bytes.
    """
    if text is None and detached is not None:
        return Payload(detached, represent(detached, unencoded=unencoded))
    if text is None or detached is not None:
        raise MalformedTokenError("A payload is either in the token or beside it.", code="payload_source")
    return Payload(text if unencoded else base64url.decode(text), text)
