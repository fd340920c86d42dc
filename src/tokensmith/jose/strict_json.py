"""JSON objects and arrays with one meaning only (RFC 7515 §4 and §10.12, RFC 7519 §4, RFC 8259).

Most decoders keep the last of two equal names, so two programs can read two different tokens out of the same signed
bytes. Ours refuses them at any depth, and nearly for free: a text that encodes back to itself has no duplicates; of
the others, one whose colons after a quote are as many as its members has none either; only the rest takes the exact,
slow path. msgspec does the decoding: it knows no NaN, no lone surrogate, no byte order mark, and checks every byte of
UTF-8 as long as it decodes untyped.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final, TypeAlias

import msgspec

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What a JSON text can say. Read-only on purpose: lists and tuples, dicts and frozen mappings all fit."""

_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode
_WHITE_SPACE: Final = b" \t\r\n"
_OPENING_BRACE: Final = ord("{")
_OPENING_BRACKET: Final = ord("[")
_SCALARS: Final = frozenset({str, int, bool, type(None)})


def parse_object(data: bytes, *, max_bytes: int | None = None, limits: Limits = DEFAULT_LIMITS) -> dict[str, JsonValue]:
    """Read one JSON object that nobody can read in another way.

    Args:
        data: UTF-8 without a byte order mark, nothing but white space around the object.
        max_bytes: The longest text to look at; the token limit unless given.
        limits: Ceilings for depth and number of members.

    Raises:
        MalformedTokenError: code `too_large`, `json` (no JSON text, or a number out of range), `not_an_object`,
            `too_deep`, `too_many_members` or `duplicate_member`.
    """
    value = _decode_within(data, max_bytes=limits.max_token_bytes if max_bytes is None else max_bytes)
    if type(value) is not dict:
        raise MalformedTokenError("A JSON text is not an object.", code="not_an_object")
    _check_contents(value, data, limits=limits)
    return value


def parse_array(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[JsonValue]:
    """Read one JSON array that nobody can read in another way.

    Raises:
        MalformedTokenError: As of `parse_object`, with code `not_an_array` for anything else.
    """
    value = _decode_within(data, max_bytes=limits.max_token_bytes)
    if type(value) is not list:
        raise MalformedTokenError("A JSON text is not an array.", code="not_an_array")
    _check_contents(value, data, limits=limits)
    return value


def take_object(
    source: Mapping[str, JsonValue] | str | bytes, *, limits: Limits = DEFAULT_LIMITS
) -> dict[str, JsonValue]:
    """Take a JSON object that may come as its text or as a mapping, by the same rules and ceilings.

    A mapping is written down and read back once, so what somebody does to it later, or what it answers to a second
    question, changes nothing.

    Raises:
        MalformedTokenError: As of `parse_object`; a mapping that no JSON text can say (NaN, a lone surrogate, endless
            depth) has code `json`.
        TypeError: *source* is neither a mapping nor text, or holds something that is no JSON type.
    """
    if isinstance(source, Mapping):
        try:
            return parse_object(encode(source), limits=limits)
        # Other decoders than ours let such values through, so they are the sender's, not the caller's mistake.
        except ValueError:
            raise MalformedTokenError("A part is not valid JSON.", code="json") from None
    if isinstance(source, bytes):
        return parse_object(source, limits=limits)
    if not isinstance(source, str):
        raise TypeError(f"A JSON object is a mapping, or its text, not {type(source).__name__}.")
    try:
        return parse_object(source.encode(), limits=limits)
    except UnicodeEncodeError:
        raise MalformedTokenError("A part is not valid JSON.", code="json") from None


def encode(value: Mapping[str, JsonValue]) -> bytes:
    """Write an object as compact UTF-8 JSON that `parse_object` reads back.

    Raises:
        TypeError: Something in it is no JSON type: bytes, sets, dates, names that are not strings.
        ValueError: A number is not finite, a string holds a lone surrogate, or it is nested more than 32 deep.
    """
    plain = value if type(value) is dict else dict(value)
    # Most claims are texts and whole numbers, which need no copy.
    for name, item in plain.items():
        if type(item) not in _SCALARS or type(name) is not str:
            plain = {each: _checked(each, plain[each], depth=1) for each in plain}
            break
    return encode_simple(plain)


def encode_array(items: Sequence[JsonValue]) -> bytes:
    """Write an array as compact UTF-8 JSON that `parse_array` reads back; errors are those of `encode`."""
    return encode_simple([_checked("An element", item, depth=1) for item in items])


def encode_simple(value: dict[str, Any] | list[Any]) -> bytes:
    """Write what is known to hold JSON types alone, and no number that is not finite.

    Raises:
        ValueError: A string holds a lone surrogate.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        raise ValueError("A string holds a lone surrogate, which UTF-8 cannot say.") from None


def _decode_within(data: bytes, *, max_bytes: int) -> Any:
    if len(data) > max_bytes:
        raise MalformedTokenError("A JSON text is too long.", code="too_large", detail=f"{len(data)} bytes")
    try:
        return _decode(data)
    # Bad UTF-8 is a ValueError, and so are msgspec's own errors, though not in its older releases.
    except (ValueError, msgspec.MsgspecError):
        raise MalformedTokenError("A part is not valid JSON.", code="json") from None
    except RecursionError:
        raise _too_deep() from None


def _check_contents(value: dict[str, Any] | list[Any], data: bytes, *, limits: Limits) -> None:
    """Refuse what is too deep, has too many members, or names one twice; *value* is what *data* was decoded into."""
    # With no bracket behind the first byte nothing is inside to be counted; one in a string only costs the walk.
    if data.find(_OPENING_BRACE, 1) < 0 and _OPENING_BRACKET not in data:
        members = len(value)
    else:
        members = _count_members(value, room=limits.max_json_depth)
    if members > limits.max_json_members:
        raise MalformedTokenError("A JSON object has too many members.", code="too_many_members")
    if _encode(value) != data and not _proves_unique_names(data, members=members) and _has_duplicate_names(data):
        raise MalformedTokenError("A JSON object names a member twice.", code="duplicate_member")


def _count_members(value: dict[str, Any] | list[Any], *, room: int) -> int:
    """Count the members in and below *value*, which may be nested *room* levels deep."""
    if room < 1:
        raise _too_deep()
    if type(value) is dict:
        count = len(value)
        items: Any = value.values()
    else:
        count = 0
        items = value
    for item in items:
        if type(item) is dict or type(item) is list:
            count += _count_members(item, room=room - 1)
    return count


def _too_deep() -> MalformedTokenError:
    return MalformedTokenError("A JSON text is nested too deeply.", code="too_deep")


def _proves_unique_names(data: bytes, *, members: int) -> bool:
    """Tell whether a count alone shows that no name was lost in decoding valid JSON into *members* members.

    In the text each member's name ends with a quote and, white space aside, a colon follows. Strings can only add
    such pairs. So the pairs are at least as many as the members written, those at least as many as the members
    kept, and where the first number equals the last, nothing was dropped.
    """
    return data.translate(None, _WHITE_SPACE).count(b'":') == members


def _has_duplicate_names(data: bytes) -> bool:
    """Answer exactly, for a text already known to be valid and not too deep."""
    try:
        # Numbers stay text: their value is of no interest here, and a long one takes quadratic time.
        json.loads(data.decode(), object_pairs_hook=_distinct, parse_int=str, parse_float=str)
    except _DuplicateNameError:
        return True
    return False


class _DuplicateNameError(Exception):
    """Ends the exact search at the first name found twice."""


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _DuplicateNameError


def _checked(name: object, value: object, *, depth: int) -> Any:
    """Copy *value* as plain JSON types, or raise: msgspec would write NaN as null, bytes as base64, sets as lists."""
    if type(name) is not str:
        raise TypeError(f"A member name must be a str, not {type(name).__name__}.")
    if type(value) in _SCALARS:
        return value
    if type(value) is float:
        if not isfinite(value):
            raise ValueError(f"{name!r} must be a finite number.")
        return value
    if depth >= DEFAULT_LIMITS.max_json_depth:
        raise ValueError(f"{name!r} is nested too deeply.")
    if isinstance(value, Mapping):
        return {inner: _checked(inner, item, depth=depth + 1) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(name, item, depth=depth + 1) for item in value]
    raise TypeError(f"{name!r} must be a JSON value, not {type(value).__name__}.")
