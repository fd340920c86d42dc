"""Build the signing input and sign it (RFC 7515 §5.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import JoseError, KeyMaterialError
from tokensmith.jose.header import parse_header, parse_joint_header
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws import compact, json_form
from tokensmith.jose.jws.unencoded import UNDERSTOOD, UNENCODED_MEMBERS, fits_compact, represent
from tokensmith.jose.limits import DEFAULT_LIMITS
from tokensmith.jose.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class Signatory:
    """A key that signs a JWS in JSON, and the headers of its signature."""

    key: Key
    header: Mapping[str, JsonValue] = field(default_factory=dict, kw_only=True)
    """Further members of the protected header."""
    unprotected_header: Mapping[str, JsonValue] = field(default_factory=dict, kw_only=True)
    """Members that anybody may change on the way. A "kid" said here is left out of the protected header."""


def sign(
    payload: bytes,
    key: Key,
    *,
    header: Mapping[str, JsonValue] | None = None,
    detached: bool = False,
    unencoded: bool = False,
) -> str:
    """Sign any bytes; the result is a compact JWS.

    Args:
        payload: What to sign; it stays readable for everybody.
        key: A private key or a shared secret. It brings "alg" and "kid".
        header: Further members of the protected header.
        detached: Whether to leave the payload out; the verifier has to have the same bytes (RFC 7515 Appendix F).
        unencoded: Whether to sign the payload as it is, with "b64": false (RFC 7797). Inside the token it is then
            printable ASCII without a full stop.

    Raises:
        KeyMaterialError: The key may not sign; code `key_operation`.
        TypeError: *payload* is not bytes, or *header* holds something that is not JSON.
        ValueError: *header* breaks the rules of RFC 7515 §4 or contradicts the key; or the payload cannot stand
            unencoded in a compact token.
    """
    shown = represent(payload, unencoded=unencoded)
    if unencoded and not detached and not fits_compact(shown):
        raise ValueError("In a compact token an unencoded payload is printable ASCII without a full stop.")
    head = encode_header(key, header=header or {}, unencoded=unencoded) + b"."
    signature = key.sign_bytes(head + shown)
    return compact.join(head if detached else head + shown, signature=signature)


def sign_json(
    payload: bytes,
    keys: Key | Signatory | Iterable[Key | Signatory],
    *,
    detached: bool = False,
    unencoded: bool = False,
) -> dict[str, JsonValue]:
    """Sign any bytes; the result is a JWS in JSON (RFC 7515 §7.2).

    Args:
        payload: What to sign; it stays readable for everybody.
        keys: Who signs: one key gives the flattened form, a list of any length the general one. A `Signatory` is a key
            with headers of its own.
        detached: Whether to leave the payload out; the verifier has to have the same bytes (RFC 7515 Appendix F).
        unencoded: Whether to sign the payload as it is, with "b64": false (RFC 7797). Inside the object it is then
            text in UTF-8.

    Raises:
        KeyMaterialError: A key may not sign; code `key_operation`.
        TypeError: *payload* is not bytes, or a header holds something that is not JSON.
        ValueError: A header breaks the rules of RFC 7515 §4 or contradicts its key; there are no keys, or more than a
            verifier takes; or the payload cannot stand unencoded in JSON.
    """
    flattened = isinstance(keys, Key | Signatory)
    signatories = [keys] if isinstance(keys, Key | Signatory) else list(keys)
    if not 1 <= len(signatories) <= DEFAULT_LIMITS.max_signatures:
        raise ValueError(f"A JWS has 1 to {DEFAULT_LIMITS.max_signatures} signatures.")
    shown = represent(payload, unencoded=unencoded)
    # UnicodeDecodeError, for bytes that no JSON string can say (RFC 7797 §5.3), is a ValueError.
    payload_text = None if detached else shown.decode()
    signatures = [_sign_part(each, shown, unencoded=unencoded) for each in signatories]
    return json_form.join(payload_text, signatures=signatures, flattened=flattened)


def encode_header(
    key: Key,
    *,
    header: Mapping[str, JsonValue],
    unprotected: Mapping[str, JsonValue] | None = None,
    unencoded: bool = False,
) -> bytes:
    """Write the protected header for *key*, with the members of *header* added, as base64url text.

    Args:
        key: Brings "alg", and "kid" unless *unprotected* has it.
        header: Further members.
        unprotected: The members that stand beside the protected header; only checked against it.
        unencoded: Whether it says that the payload is not encoded.

    Raises:
        KeyMaterialError: The key cannot sign; code `key_operation`.
        TypeError, ValueError: As of `sign`.
    """
    if not key.can_sign:
        raise KeyMaterialError("The key may not sign.", code="key_operation")
    beside = unprotected or {}
    own: dict[str, JsonValue] = {"alg": key.alg} if key.kid is None else {"alg": key.alg, "kid": key.kid}
    for name, value in own.items():
        if header.get(name, value) != value or beside.get(name, value) != value:
            raise ValueError(f'The header contradicts the key in "{name}".')
    if "kid" in beside:
        own.pop("kid", None)
    if unencoded:
        if not header.keys().isdisjoint(UNENCODED_MEMBERS):
            raise ValueError('"b64" and "crit" are for unencoded=True to say.')
        own.update(UNENCODED_MEMBERS)
    encoded = strict_json.encode({**own, **header})
    _check(encoded, beside, understood=UNDERSTOOD if unencoded else frozenset())
    return base64url.encode_bytes(encoded)


def _check(encoded: bytes, beside: Mapping[str, JsonValue], *, understood: frozenset[str]) -> None:
    """Refuse to sign what no verifier of ours would take; here the mistake is the caller's."""
    try:
        if beside:
            parse_joint_header(encoded, beside, may_be_unprotected=frozenset(), understood=understood)
        else:
            parse_header(encoded, understood=understood)
    except JoseError as error:
        raise ValueError(str(error)) from error


def _sign_part(signatory: Key | Signatory, shown: bytes, *, unencoded: bool) -> json_form.SignatureParts:
    part = signatory if isinstance(signatory, Signatory) else Signatory(signatory)
    beside = _copy(part.unprotected_header)
    head = encode_header(part.key, header=part.header, unprotected=beside, unencoded=unencoded)
    signature = part.key.sign_bytes(head + b"." + shown)
    return json_form.SignatureParts(protected_text=head, unprotected=beside, signature=signature)


def _copy(unprotected: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Write it down and read it back: what is handed out shares nothing with what was handed in."""
    try:
        return strict_json.parse_object(strict_json.encode(unprotected))
    except JoseError as error:
        raise ValueError(str(error)) from error
