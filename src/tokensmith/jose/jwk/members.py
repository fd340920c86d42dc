"""Typed looks at the members of a JWK (RFC 7517 §4, RFC 7518 §2).

A JWK comes from outside: a member may be missing, of another JSON type, or spelled in more than one way. Each reader
accepts one spelling and raises `KeyMaterialError("malformed_key")` for the rest. Messages name members, never values.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError

Jwk = Mapping[str, object]
"""A JSON object as it was read; values are not trusted to be of any type."""

_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


def malformed(message: str, *, detail: str = "") -> KeyMaterialError:
    """Build the error for a key whose bytes or members are not what the format asks for."""
    return KeyMaterialError(message, code="malformed_key", detail=detail)


def read_text(jwk: Jwk, name: str) -> str:
    """Read a member that has to be there as a string."""
    value = jwk.get(name)
    if not isinstance(value, str):
        raise malformed(f'The JWK member "{name}" is not a string.', detail=f"type={type(value).__name__}")
    return value


def read_optional_text(jwk: Jwk, name: str) -> str | None:
    """Read a member that may be absent, and is a string where it is not; null counts as another type."""
    return read_text(jwk, name) if name in jwk else None


def read_octets(jwk: Jwk, name: str, *, length: int | None = None) -> bytes:
    """Read a base64url member of exactly *length* octets.

    RFC 7518 §6.2.1.2: coordinates have the full size of the curve; leading zeros are neither left out nor added.
    """
    try:
        octets = base64url.decode(read_text(jwk, name))
    except MalformedTokenError:
        raise malformed(f'The JWK member "{name}" is not base64url.') from None
    if length is not None and len(octets) != length:
        raise malformed(f'The JWK member "{name}" is not {length} octets long.', detail=f"octets={len(octets)}")
    return octets


def read_unsigned(jwk: Jwk, name: str, *, max_octets: int) -> int:
    """Read a Base64urlUInt member: big-endian, positive, in the fewest octets (RFC 7518 §2)."""
    octets = read_octets(jwk, name)
    if not octets or octets[0] == 0:
        raise malformed(f'The JWK member "{name}" is not a number in the fewest octets.')
    if len(octets) > max_octets:
        raise KeyMaterialError(
            f'The JWK member "{name}" is too large.', code="oversized_key", detail=f"octets={len(octets)}"
        )
    return int.from_bytes(octets, "big")


def write_octets(octets: bytes) -> str:
    """Spell octets as base64url."""
    return base64url.encode(octets)


def write_unsigned(number: int) -> str:
    """Spell a positive number as Base64urlUInt, in the fewest octets (RFC 7518 §2)."""
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def has_private_members(jwk: Jwk) -> bool:
    """Tell whether any member is one that holds a secret, whatever the key type."""
    return not _PRIVATE_MEMBERS.isdisjoint(jwk)


def refuse_foreign_secrets(jwk: Jwk, *, own: Iterable[str]) -> None:
    """Refuse private members that belong to another key type: such a JWK is two keys at once."""
    foreign = _PRIVATE_MEMBERS.difference(own).intersection(jwk)
    if foreign:
        raise malformed("The JWK has private members of another key type.", detail=f"members={sorted(foreign)}")
