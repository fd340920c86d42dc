"""The JSON serializations, flattened and general: a JSON object ⇄ its parts (RFC 7516 §7.2).

One meaning, one spelling: a member that says nothing has to be absent, and an object is of one of the two forms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa.content_encryption import EncryptedContent
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.strict_json import JsonValue

MAX_RECIPIENTS: Final = 100
# RFC 7516 §7.2.1: several recipients have several algorithms, so "alg" may stand outside; "enc" is the same for all.
MAY_BE_UNPROTECTED: Final = frozenset({"alg"})
_Object = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientParts:
    """What is there for one recipient."""

    header: _Object = field(default_factory=dict)
    """Its own part of the header, which nothing covers."""
    encrypted_key: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonParts:
    """What a JWE in JSON says before anybody believes it."""

    protected_text: bytes
    """The protected header, still in base64url; empty where there is none."""
    unprotected: _Object = field(default_factory=dict)
    """The part of the header for all recipients that nothing covers."""
    aad_text: bytes = b""
    """The additional data, still in base64url; empty where there are none."""
    content: EncryptedContent
    recipients: tuple[RecipientParts, ...]
    is_flattened: bool

    @property
    def covered(self) -> bytes:
        """What the tag covers beside the ciphertext (RFC 7516 §5.1, step 14)."""
        return covered_octets(self.protected_text, self.aad_text)


def covered_octets(protected_text: bytes, aad_text: bytes) -> bytes:
    """Join protected header and additional data as the tag covers them; without the latter there is no full stop."""
    return protected_text + b"." + aad_text if aad_text else protected_text


def parse(source: _Object | str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> JsonParts:
    """Take a JWE in JSON apart.

    Raises:
        MalformedTokenError: It is no strict JSON object (codes of `parse_object`), a member is missing, empty or of the
            wrong type (`malformed`), a text is not base64url (`base64url`), or there are more than 100 recipients
            (`too_many_recipients`).
        TypeError: *source* is neither a mapping of JSON values nor text.
    """
    members = _read_object(source, limits=limits)
    is_flattened = "recipients" not in members
    entries = [members] if is_flattened else _read_recipients(members)
    protected_text, aad_text = (_read_text(members, name).encode("ascii") for name in ("protected", "aad"))
    iv, tag = (_read_octets(members, name) for name in ("iv", "tag"))
    # RFC 7516 §7.2.1: it is always there, even where the plaintext was empty.
    if "ciphertext" not in members:
        raise _malformed("ciphertext")
    return JsonParts(
        protected_text=protected_text,
        unprotected=_read_header(members, "unprotected"),
        aad_text=aad_text,
        content=EncryptedContent(iv=iv, ciphertext=_read_octets(members, "ciphertext", may_be_empty=True), tag=tag),
        recipients=tuple(_read_recipient(each) for each in entries),
        is_flattened=is_flattened,
    )


def serialise(parts: JsonParts) -> dict[str, JsonValue]:
    """Put a JWE in JSON together; what is empty is left out."""
    content = parts.content
    texts = {
        "protected": parts.protected_text.decode("ascii"),
        "aad": parts.aad_text.decode("ascii"),
        "iv": base64url.encode(content.iv),
        "tag": base64url.encode(content.tag),
    }
    members: dict[str, JsonValue] = {name: text for name, text in texts.items() if text}
    members["ciphertext"] = base64url.encode(content.ciphertext)
    if parts.unprotected:
        members["unprotected"] = dict(parts.unprotected)
    recipients = [_serialise_recipient(each) for each in parts.recipients]
    return members | recipients[0] if parts.is_flattened else members | {"recipients": recipients}


def _serialise_recipient(recipient: RecipientParts) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    if recipient.header:
        members["header"] = dict(recipient.header)
    if recipient.encrypted_key:
        members["encrypted_key"] = base64url.encode(recipient.encrypted_key)
    return members


def _read_object(source: _Object | str | bytes, *, limits: Limits) -> _Object:
    if isinstance(source, str | bytes):
        try:
            octets = source.encode() if isinstance(source, str) else source
        except UnicodeEncodeError:
            raise MalformedTokenError("The token is not valid JSON.", code="json") from None
        return strict_json.parse_object(octets, limits=limits)
    if not isinstance(source, Mapping):
        raise TypeError("A JWE in JSON is a mapping, or its text.")
    try:
        # Read anew from its text: nobody changes it while it is looked at, and it keeps the limits.
        return strict_json.parse_object(strict_json.encode(source), limits=limits)
    except ValueError:
        raise MalformedTokenError("The token is not valid JSON.", code="json") from None


def _read_recipients(members: _Object) -> list[_Object]:
    recipients = members["recipients"]
    if not isinstance(recipients, list) or not recipients:
        raise _malformed("recipients")
    # Each may cost a private-key operation (threat D19).
    if len(recipients) > MAX_RECIPIENTS:
        raise MalformedTokenError("The token has too many recipients.", code="too_many_recipients")
    # RFC 7516 §7.2.2: these belong to the flattened form, in which "recipients" "MUST NOT be present".
    for name in ("header", "encrypted_key"):
        if name in members:
            raise _malformed(name)
    if not all(isinstance(each, dict) for each in recipients):
        raise _malformed("recipients")
    return recipients


def _read_recipient(members: _Object) -> RecipientParts:
    # An empty one means none. RFC 7516 §7.2.1 wants it absent, but other libraries write it where no key is sent.
    encrypted_key = _read_octets(members, "encrypted_key", may_be_empty=True)
    return RecipientParts(header=_read_header(members, "header"), encrypted_key=encrypted_key)


def _read_header(members: _Object, name: str) -> _Object:
    header = members.get(name, {})
    if not isinstance(header, dict) or (name in members and not header):
        raise _malformed(name)
    return header


def _read_octets(members: _Object, name: str, *, may_be_empty: bool = False) -> bytes:
    return base64url.decode(_read_text(members, name, may_be_empty=may_be_empty))


def _read_text(members: _Object, name: str, *, may_be_empty: bool = False) -> str:
    text = members.get(name, "")
    if not isinstance(text, str) or (name in members and not text and not may_be_empty):
        raise _malformed(name)
    if not text.isascii():
        raise MalformedTokenError("A part is not base64url.", code="base64url")
    return text


def _malformed(name: str) -> MalformedTokenError:
    return MalformedTokenError(f'The member "{name}" of the token is missing, empty, misplaced or of the wrong type.')
