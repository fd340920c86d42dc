"""Encrypt to one recipient or several, as a JSON object (RFC 7516 §7.2).

For one recipient the tag covers the whole header. For several, what differs stands in each one's own part, which
nothing covers: "alg", "kid", and what the algorithm adds. That is safe, since a key obeys its own algorithm only.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import JoseError
from tokensmith.jose.frozen_json import thaw
from tokensmith.jose.header import parse_joint_header
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS, key_management
from tokensmith.jose.jwe import json_form
from tokensmith.jose.jwe.compression import DEFLATE
from tokensmith.jose.jwe.drafts import check_received
from tokensmith.jose.jwe.encrypt import Members, described_encryption, enc_member, prepared, seal, wrap_for
from tokensmith.jose.jwe.json_form import MAX_RECIPIENTS, JsonParts, RecipientParts
from tokensmith.jose.jwe.treatment import read_treatment
from tokensmith.jose.jwk import Key
from tokensmith.jose.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class Recipient:
    """A key to encrypt to, and a header for its recipient alone."""

    key: Key
    header: Members = field(default_factory=dict, kw_only=True)
    """Members that nothing covers; never "enc", "zip" or "crit". An "alg" or "kid" said here is not protected."""


def encrypt_json(
    plaintext: bytes,
    keys: Key | Recipient | Iterable[Key | Recipient],
    *,
    enc: str | None = None,
    header: Members | None = None,
    unprotected: Members | None = None,
    aad: bytes = b"",
    drafts: Collection[str] = (),
) -> dict[str, JsonValue]:
    """Encrypt any bytes; the result is a JWE in JSON, flattened for one key, general for a collection of them.

    Args:
        plaintext: What to encrypt.
        keys: One key for each recipient, at most 100; see `encrypt`. A `Recipient` is a key with a header of its own;
            "apu", "apv" and "p2c" do their work there, too.
        enc: The content encryption, the same for all; see `encrypt`.
        header: Further members of the protected header; see `encrypt`.
        unprotected: Members for all recipients that nothing covers; never "alg", "enc", "zip" or "crit".
        aad: Data that stay readable, and that the tag covers.
        drafts: The drafts whose algorithms to use; see `encrypt`.

    Raises:
        KeyMaterialError, TypeError: As of `encrypt`.
        ValueError: As of `encrypt`; there is no key, there are more than 100, or one of several is for "dir",
            "ECDH-ES" or integrated encryption; or a name stands in two parts of the header, or in one where it may not.
    """
    given, shared = header or {}, unprotected or {}
    several = _listed(keys)
    described = described_encryption(enc, key=several[0].key, drafts=drafts)
    message = prepared(plaintext, header=given)
    addressed = _address(several, enc=described, given=given, drafts=drafts)
    encoded = strict_json.encode({**addressed.protected, **enc_member(described), **given})
    _check_header(encoded, shared=shared, recipients=addressed.recipients, drafts=drafts)
    protected_text, aad_text = base64url.encode_bytes(encoded), base64url.encode_bytes(aad)
    covered = json_form.covered_octets(protected_text, aad_text)
    parts = JsonParts(
        protected_text=protected_text,
        unprotected=thaw(shared),
        aad_text=aad_text,
        content=seal(message, content_key=addressed.content_key, enc=described, aad=covered),
        recipients=addressed.recipients,
        is_flattened=isinstance(keys, Key | Recipient),
    )
    return json_form.serialise(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addressed:
    """A content key, on its way to all recipients."""

    content_key: bytes = field(repr=False)
    protected: Members
    """What goes into the header that the tag covers."""
    recipients: tuple[RecipientParts, ...]


def _listed(keys: Key | Recipient | Iterable[Key | Recipient]) -> list[Recipient]:
    listed = [keys] if isinstance(keys, Key | Recipient) else list(keys)
    several = [each if isinstance(each, Recipient) else Recipient(each) for each in listed]
    if not 1 <= len(several) <= MAX_RECIPIENTS:
        raise ValueError(f"There are 1 to {MAX_RECIPIENTS} recipients.")
    for key in (each.key for each in several if len(several) > 1):
        if key.is_for_encryption and key_management(key.alg).has_one_recipient:
            raise ValueError(f'"{key.alg}" has one recipient only.')
    return several


def _address(
    several: list[Recipient], *, enc: ContentEncryption, given: Members, drafts: Collection[str]
) -> _Addressed:
    if len(several) == 1:
        return _address_only(several[0], enc=enc, given=given, drafts=drafts)
    content_key = secrets.token_bytes(enc.key_bytes)
    recipients = tuple(_address_one(each, content_key, enc=enc, given=given, drafts=drafts) for each in several)
    return _Addressed(content_key=content_key, protected={}, recipients=recipients)


def _address_only(
    recipient: Recipient, *, enc: ContentEncryption, given: Members, drafts: Collection[str]
) -> _Addressed:
    wrapped, members = wrap_for(recipient.key, enc=enc, header={**given, **recipient.header}, drafts=drafts)
    protected = {name: value for name, value in members.items() if name not in recipient.header}
    parts = RecipientParts(header=thaw(recipient.header), encrypted_key=wrapped.encrypted_key)
    return _Addressed(content_key=wrapped.content_key, protected=protected, recipients=(parts,))


def _address_one(
    recipient: Recipient, content_key: bytes, *, enc: ContentEncryption, given: Members, drafts: Collection[str]
) -> RecipientParts:
    header = {**given, **recipient.header}
    wrapped, members = wrap_for(recipient.key, enc=enc, header=header, content_key=content_key, drafts=drafts)
    own = {name: value for name, value in members.items() if name not in given}
    return RecipientParts(header=own | thaw(recipient.header), encrypted_key=wrapped.encrypted_key)


def _check_header(
    encoded: bytes, *, shared: Members, recipients: Collection[RecipientParts], drafts: Collection[str]
) -> None:
    """Read the header of every recipient by the rules of the one who decrypts."""
    for members in (shared, *(each.header for each in recipients)):
        strict_json.encode(members)
    try:
        for each in recipients:
            joint = parse_joint_header(encoded, shared, each.header, may_be_unprotected=json_form.MAY_BE_UNPROTECTED)
            treatment = read_treatment(joint.protected, encs=CONTENT_ENCRYPTIONS, zips=(DEFLATE,))
            check_received(joint.complete, enc=treatment.enc, drafts=drafts)
    except JoseError as error:
        raise ValueError(str(error)) from error
