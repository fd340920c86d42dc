"""Check signatures, each against one chosen key (RFC 7515 §5.2).

A JWS in JSON may carry several, by different people. What counts as good is the caller's to say ("all" or "any"), and
what the result says is taken from signatures that held, each with its own header (CVE-2016-9122).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, TypeAlias, cast

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import (
    InvalidSignatureError,
    JoseError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.header import Header, JointHeader, parse_header, parse_joint_header
from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jws import compact, json_form
from tokensmith.jose.jws.unencoded import UNDERSTOOD, Payload, fits_compact, take_payload
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sealed import Sealed, make_sealed
from tokensmith.jose.strict_json import JsonValue

KeySource: TypeAlias = Key | KeySet | Callable[[Header], Key]
"""Where a verifier takes its key from. A callable sees a header that nothing has proven yet."""


class VerifiedJws(msgspec.Struct, frozen=True, metaclass=Sealed):
    """Bytes whose signature held. What they mean, and whether they are for us, is still the caller's to check."""

    payload: bytes
    header: Header
    key: Key
    """The key that verified it."""


class VerifiedSignature(msgspec.Struct, frozen=True, metaclass=Sealed):
    """One signature that held, with what it covers besides the payload."""

    position: int
    """Where it stands in "signatures", from 0."""
    header: Header
    """The protected header: what the signature covers."""
    unprotected_header: FrozenObject
    """What came beside it and nothing proves: anybody on the way can have written it."""
    key: Key
    """The key that verified it."""


class RefusedSignature(msgspec.Struct, frozen=True):
    """One signature that did not count, and why."""

    position: int
    """Where it stands in "signatures", from 0."""
    code: str
    """The code of the `JoseError` it caused."""


class VerifiedJsonJws(msgspec.Struct, frozen=True, metaclass=Sealed):
    """Bytes for which enough signatures held. What they mean is still the caller's to check."""

    payload: bytes
    signatures: tuple[VerifiedSignature, ...]
    """Those that held, at least one; their order is the token's."""
    refused: tuple[RefusedSignature, ...]
    """Those that did not; none where all had to."""


def verify(
    token: str | bytes, keys: KeySource, *, detached_payload: bytes | None = None, limits: Limits = DEFAULT_LIMITS
) -> VerifiedJws:
    """Verify a compact JWS.

    The algorithm is the key's; a token that names another one is refused.

    Args:
        token: Three parts; the payload may stand in it as it is, where the header says so (RFC 7797).
        keys: A `Key`, a `KeySet`, or a callable from the header to a `Key`.
        detached_payload: The payload, where it is not in the token (RFC 7515 Appendix F). A token that has one of its
            own is then refused.
        limits: Ceilings for the token; a detached payload is the caller's.

    Raises:
        MalformedTokenError: It is no compact JWS, its header breaks the rules, or there are two payloads.
        UnknownKeyError: None of *keys* is for it.
        UnacceptableTokenError: It names another algorithm than its key's, or demands an unknown extension.
        InvalidSignatureError: The signature does not match.
        KeyMaterialError: The key may not verify.
        TypeError: *token* or *detached_payload* is of another type.
    """
    header_text, payload_text, signature_text = compact.cut(token, limits=limits)
    signature = base64url.decode(signature_text)
    header = parse_header(base64url.decode(header_text), understood=UNDERSTOOD, limits=limits)
    if not header.b64 and not fits_compact(payload_text):
        raise MalformedTokenError("The payload has characters that it may not have.", code="unencoded_payload")
    # An empty part is an empty payload, unless the caller has another one for its place.
    in_token = payload_text if payload_text or detached_payload is None else None
    payload = take_payload(in_token, detached=detached_payload, unencoded=not header.b64)
    key = choose_key(keys, header=header)
    _check_signature(key, signature, header_text=header_text, payload=payload)
    return cast("VerifiedJws", make_sealed(VerifiedJws, payload.octets, header, key))


def verify_json(
    source: Mapping[str, JsonValue] | str | bytes,
    keys: KeySource,
    *,
    require: Literal["all", "any"] = "all",
    detached_payload: bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedJsonJws:
    """Verify a JWS in JSON, flattened or general (RFC 7515 §7.2).

    Args:
        source: The object, which is copied once, or its text.
        keys: A `Key`, a `KeySet`, or a callable from a signature's whole header to a `Key`.
        require: "all": each signature holds. "any": at least one does; the others are listed with what was wrong.
        detached_payload: The payload, where it is not in the object (RFC 7515 Appendix F). An object that has one of
            its own is then refused.
        limits: Ceilings for the object; a detached payload is the caller's.

    Raises:
        MalformedTokenError: It is no JWS in JSON, a header breaks the rules, signatures contradict each other in "b64",
            or there are two payloads or none; also where one good signature would be enough.
        UnknownKeyError: None of *keys* is for a signature; with "any": for none of them that could be read.
        UnacceptableTokenError: A signature names another algorithm than its key's, demands an unknown extension, or has
            unprotected what must be protected; with "any": and none holds.
        InvalidSignatureError: A signature does not match; with "any": and none holds.
        KeyMaterialError: A key may not verify; with "any": and no signature holds.
        TypeError, ValueError: An argument makes no sense.
    """
    if require not in ("all", "any"):
        raise ValueError('require is "all" or "any".')
    parts = json_form.split(source, limits=limits)
    refusals: dict[int, JoseError] = {}
    headers: dict[int, JointHeader] = {}
    for position, part in enumerate(parts.signatures):
        with _noted(refusals, position=position, require=require):
            headers[position] = _join_header(part, limits=limits)
    unencoded = _agreed_encoding(headers.values())
    payload = take_payload(parts.payload_text, detached=detached_payload, unencoded=unencoded)
    verified: list[VerifiedSignature] = []
    for position, header in headers.items():
        part = parts.signatures[position]
        with _noted(refusals, position=position, require=require):
            key = choose_key(keys, header=header.complete)
            _check_signature(key, part.signature, header_text=part.protected_text, payload=payload)
            verified.append(make_sealed(VerifiedSignature, position, header.protected, header.unprotected, key))
    if not verified:
        raise _refusal(refusals)
    refused = tuple(RefusedSignature(position, refusals[position].code) for position in sorted(refusals))
    return cast("VerifiedJsonJws", make_sealed(VerifiedJsonJws, payload.octets, tuple(verified), refused))


def choose_key(keys: KeySource, *, header: Header) -> Key:
    """Find the one key for a header, bound to the very algorithm the header names.

    Raises:
        UnknownKeyError, UnacceptableTokenError: As of `verify` and `KeySet.find`.
        TypeError: A callable returned something else than a `Key`.
    """
    if isinstance(keys, KeySet):
        return keys.find(header)
    key = keys if isinstance(keys, Key) else keys(header)
    check_key(key, header=header)
    return key


def check_key(key: Key, *, header: Header) -> None:
    """Check that *key* is the one a header means: the same algorithm, and the same kid where both have one."""
    if not isinstance(key, Key):
        raise TypeError(f"A key source returns a Key, not {type(key).__name__}.")
    # RFC 8725 §3.1: compared with the key's own algorithm, exactly; "none" and "hs256" equal nobody's.
    if header.alg != key.alg:
        raise UnacceptableTokenError(
            "The token names another algorithm than its key.",
            code="algorithm_mismatch",
            detail=f"token alg={header.alg[:64]!r}, key alg={key.alg!r}",
        )
    if header.kid is not None and key.kid is not None and header.kid != key.kid:
        raise UnknownKeyError("No key here is for this token.", detail=f"token kid={header.kid!r}")


def _check_signature(key: Key, signature: bytes, *, header_text: bytes, payload: Payload) -> None:
    if not key.verify_bytes(signature, header_text + b"." + payload.signed_as):
        raise InvalidSignatureError("The signature does not match.")


def _join_header(part: json_form.SignatureParts, *, limits: Limits) -> JointHeader:
    return parse_joint_header(
        base64url.decode(part.protected_text),
        part.unprotected,
        may_be_unprotected=frozenset(),
        understood=UNDERSTOOD,
        limits=limits,
    )


def _agreed_encoding(headers: Iterable[JointHeader]) -> bool:
    """Tell whether the payload is unencoded, on which all have to agree (RFC 7797 §3)."""
    said = {header.protected.b64 for header in headers}
    if len(said) > 1:
        raise MalformedTokenError("The signatures are over different forms of the payload.", code="mixed_b64")
    return False in said


@contextmanager
def _noted(refusals: dict[int, JoseError], *, position: int, require: Literal["all", "any"]) -> Iterator[None]:
    """Go on after a signature that is not for us or does not hold, where another may be enough.

    What is malformed is refused for all: it is no signature of somebody else, it is no JWS.
    """
    try:
        yield
    except MalformedTokenError:
        raise
    except JoseError as error:
        if require == "all":
            raise
        refusals[position] = error


def _refusal(refusals: Mapping[int, JoseError]) -> JoseError:
    """Choose what to say of a JWS none of whose signatures held: that newer keys may help, where they may."""
    unknown = [error for error in refusals.values() if isinstance(error, UnknownKeyError)]
    return unknown[0] if unknown else refusals[min(refusals)]
