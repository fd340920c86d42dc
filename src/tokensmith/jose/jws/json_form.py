"""The JSON serializations, flattened and general: one object ⇄ a payload and its signatures (RFC 7515 §7.2).

Only the form is checked here. Members nobody knows are ignored, as the RFC demands; one object in both forms at once is
refused, since two readers could find two signatures in it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.strict_json import JsonValue, take_object

_OF_ONE_SIGNATURE: Final = frozenset({"protected", "header", "signature"})


class SignatureParts(msgspec.Struct, frozen=True):
    """One signature, and what is said about it, before anybody believes it."""

    protected_text: bytes
    """The protected header, still in base64url; empty where there is none."""
    unprotected: Mapping[str, JsonValue]
    signature: bytes


class JsonParts(msgspec.Struct, frozen=True):
    """What a JWS in JSON says before anybody believes it."""

    payload_text: bytes | None
    """The payload as it stands in the object; None where it is detached."""
    signatures: tuple[SignatureParts, ...]
    """In the order of the object, at least one."""


def split(source: Mapping[str, JsonValue] | str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> JsonParts:
    """Take a JWS in JSON apart.

    Raises:
        MalformedTokenError: As of `take_object`; or code `malformed` (a member is missing or of the wrong type, or both
            forms are mixed), `too_many_signatures` or `base64url`.
        TypeError: *source* is neither a mapping nor text.
    """
    members = take_object(source, limits=limits)
    # RFC 7515 §7.2.2: "signatures" and the members of a single signature exclude each other.
    if "signatures" in members and not _OF_ONE_SIGNATURE.isdisjoint(members):
        raise _malformed("both forms at once")
    listed = members.get("signatures", [members])
    if not isinstance(listed, list) or not listed:
        raise _malformed('"signatures" is no list, or empty')
    if len(listed) > limits.max_signatures:
        raise MalformedTokenError(
            "The token has too many signatures.", code="too_many_signatures", detail=f"{len(listed)} signatures"
        )
    return JsonParts(
        payload_text=_text(members, "payload") if "payload" in members else None,
        signatures=tuple(_split_signature(each) for each in listed),
    )


def join(payload_text: str | None, *, signatures: Sequence[SignatureParts], flattened: bool) -> dict[str, JsonValue]:
    """Put a JWS in JSON together, without members that are empty (RFC 7515 §7.2.1); the way back from `split`."""
    joined: dict[str, JsonValue] = {} if payload_text is None else {"payload": payload_text}
    written = [_join_signature(each) for each in signatures]
    return joined | (written[0] if flattened else {"signatures": written})


def _split_signature(members: JsonValue) -> SignatureParts:
    if not isinstance(members, dict):
        raise _malformed('an element of "signatures" is no object')
    unprotected = members.get("header", {})
    if not isinstance(unprotected, dict):
        raise _malformed('"header" is no object')
    return SignatureParts(
        protected_text=_text(members, "protected") if "protected" in members else b"",
        unprotected=unprotected,
        signature=base64url.decode(_text(members, "signature")),
    )


def _join_signature(parts: SignatureParts) -> dict[str, JsonValue]:
    joined: dict[str, JsonValue] = {}
    if parts.protected_text:
        joined["protected"] = parts.protected_text.decode("ascii")
    if parts.unprotected:
        joined["header"] = parts.unprotected
    return {**joined, "signature": base64url.encode(parts.signature)}


def _text(members: Mapping[str, JsonValue], name: str) -> bytes:
    value = members.get(name)
    if not isinstance(value, str):
        raise _malformed(f'"{name}" is no string')
    return value.encode()


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("The object is not a JWS in JSON.", detail=problem)
