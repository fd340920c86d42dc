"""A token read as loosely as its worst reader might, and where a strict one would object (RFC 7515 §3, RFC 7516 §3).

The library refuses a token at its first flaw, which is right for a guard and of little use to whoever has to find all
of them. What is read here is for looking at; nothing takes it as proof.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import Limits
from tokensmith.jose.strict_json import JsonValue

_LARGE: Final = 4_194_304
LOOSE_LIMITS: Final = Limits(
    max_token_bytes=_LARGE, max_header_bytes=_LARGE, max_key_id_chars=_LARGE, max_json_members=100_000
)
"""The size of a token is something to point out, not to stop at."""
_FROM_URL: Final = str.maketrans("-_", "+/")
_SIGNED_PARTS: Final = 3
_ENCRYPTED_PARTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseToken:
    """A token in compact form. Nothing here has been verified."""

    parts: tuple[str, ...]
    """As they are spelled: three of a signed token, five of an encrypted one."""
    octets: tuple[bytes, ...]
    """What each part stands for."""
    misspelled: tuple[int, ...]
    """The numbers of the parts, from 1, that are not canonical base64url."""
    header: Mapping[str, JsonValue]
    claims: Mapping[str, JsonValue] | None
    """None where they are encrypted, or are no JSON object."""
    doubled: tuple[str, ...]
    """Of "header" and "claims", which name a member twice."""
    disclosures: tuple[tuple[str, JsonValue], ...] = ()
    """What an SD-JWT discloses (RFC 9901 §4.2): name and value; of an element of an array the name is empty."""
    appended: int = 0
    """How many characters of disclosures and key binding follow the signature, tildes included."""

    @property
    def is_encrypted(self) -> bool:
        """Whether it is a JWE, whose claims only the holder of a key can read."""
        return len(self.parts) == _ENCRYPTED_PARTS

    @property
    def size(self) -> int:
        """The whole token in characters."""
        return sum(map(len, self.parts)) + len(self.parts) - 1 + self.appended

    @property
    def signature(self) -> bytes:
        """The last part of a signed token."""
        return self.octets[-1]


def read_loosely(token: str) -> LooseToken:
    """Take a compact JWS or JWE apart, or an SD-JWT.

    Raises:
        MalformedTokenError: It has not three or five parts, or its first part is no JSON object in base64.
    """
    signed, *appended = token.split("~")
    parts = tuple(signed.split("."))
    if len(parts) not in (_SIGNED_PARTS, _ENCRYPTED_PARTS):
        raise MalformedTokenError(_not_compact(token, count=len(parts)))
    octets = tuple(map(_decode, parts))
    header, header_doubled = _members(octets[0])
    if header is None:
        raise MalformedTokenError("This is no token: its first part is no JSON object in base64url.")
    claims, claims_doubled = _members(octets[1]) if len(parts) == _SIGNED_PARTS else (None, False)
    return LooseToken(
        parts=parts,
        octets=octets,
        misspelled=tuple(number for number, part in enumerate(parts, 1) if not _is_canonical(part)),
        header=header,
        claims=claims,
        doubled=tuple(name for name, doubled in (("header", header_doubled), ("claims", claims_doubled)) if doubled),
        # Behind the last tilde stands the proof of the holder, or nothing.
        disclosures=tuple(map(_disclosure, appended[:-1])),
        appended=len(token) - len(signed),
    )


def _not_compact(token: str, *, count: int) -> str:
    if token.startswith("{"):
        return "This is JSON, and no token in compact form."
    if count == 1:
        return "This is no JWT: it has no parts. An opaque token means something to its issuer alone."
    return f"This is no JWT: it has {count} parts, and a signed one has 3, an encrypted one 5."


def _is_canonical(part: str) -> bool:
    try:
        base64url.decode(part)
    except MalformedTokenError:
        return False
    return True


def _decode(part: str) -> bytes:
    """Decode a part in any alphabet, with padding or without, foreign characters skipped; empty where nothing helps."""
    plain = part.translate(_FROM_URL).rstrip("=").encode("ascii", "replace")
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(plain + padding)
        except binascii.Error:
            continue
    return b""


def _disclosure(text: str) -> tuple[str, JsonValue]:
    """Read a salted name and value, or what else stands there."""
    try:
        match msgspec.json.decode(_decode(text)):
            case [_, str(name), value]:
                return name, value
            case [_, value]:
                return "", value
    # Bad UTF-8 is a ValueError, and so are msgspec's own errors, though not in its older releases.
    except (ValueError, msgspec.MsgspecError, RecursionError):
        pass
    return "", "no disclosure"


def _members(data: bytes) -> tuple[Mapping[str, JsonValue] | None, bool]:
    """Read a JSON object, the last of two equal names counting, and tell whether there are such."""
    try:
        return strict_json.parse_object(data, limits=LOOSE_LIMITS), False
    except MalformedTokenError as error:
        if error.code != "duplicate_member":
            return None, False
    members: dict[str, JsonValue] = msgspec.json.decode(data)
    return members, True
