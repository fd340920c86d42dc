"""The JSON serializations: Disclosures and Key Binding JWT in the unprotected header of a JWS (RFC 9901 §8).

They stand in the first signature's header and nowhere else. What the holder's proof is over is the compact form of the
same token, which is therefore made from the object; so both forms go through the same checks.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jws import json_form
from tokensmith.jose.jws.json_form import SignatureParts
from tokensmith.jose.limits import Limits
from tokensmith.jose.sd_jwt import compact
from tokensmith.jose.sd_jwt.compact import SdJwtParts
from tokensmith.jose.strict_json import JsonValue, take_object

DISCLOSURES: Final = "disclosures"
KEY_BINDING: Final = "kb_jwt"


class JsonSdJwt(msgspec.Struct, frozen=True):
    """An SD-JWT in JSON before anybody believes it."""

    members: dict[str, JsonValue]
    """The whole object, copied."""
    parts: SdJwtParts
    """The same in compact form, with the first signature."""


def split(source: Mapping[str, JsonValue] | str | bytes, *, limits: Limits) -> JsonSdJwt:
    """Take an SD-JWT or SD-JWT+KB in JSON apart.

    Raises:
        MalformedTokenError: As of `jws.json_form.split` and `compact.split`; or code `malformed_sd_jwt` (no payload, a
            member of the wrong type, one in another header than the first).
        TypeError: *source* is neither a mapping nor text.
    """
    members = take_object(source, limits=limits)
    signed = json_form.split(members, limits=limits)
    first, *others = signed.signatures
    # §8.3: they "MUST NOT be present in any following unprotected headers"; two readers could each take another one.
    if any(DISCLOSURES in each.unprotected or KEY_BINDING in each.unprotected for each in others):
        raise _malformed("disclosures in another header than the first")
    if signed.payload_text is None:
        raise _malformed("it has no payload")
    listed = first.unprotected.get(DISCLOSURES, [])
    proof = first.unprotected.get(KEY_BINDING, "")
    if not isinstance(listed, list) or not isinstance(proof, str) or not all(isinstance(each, str) for each in listed):
        raise _malformed("a member has the wrong type")
    if KEY_BINDING in first.unprotected and not proof:
        raise _malformed("the key binding is empty")
    signature = base64url.encode_bytes(first.signature)
    issuer_signed = b".".join((first.protected_text, signed.payload_text, signature)).decode()
    parts = compact.split("~".join((issuer_signed, *cast("list[str]", listed), proof)), limits=limits)
    # A tilde inside of one of them would make the compact form another token.
    if len(parts.disclosures) != len(listed):
        raise _malformed("a disclosure has a tilde")
    return JsonSdJwt(members, parts)


def join(issuer_signed: Sequence[bytes], *, disclosures: Sequence[bytes]) -> dict[str, JsonValue]:
    """Put an SD-JWT in JSON together: flattened with one signature, general with several over the same payload.

    Args:
        issuer_signed: Compact JWSs of one and the same payload.
        disclosures: In base64url.
    """
    pieces = [each.split(b".") for each in issuer_signed]
    beside: dict[str, JsonValue] = {DISCLOSURES: [each.decode("ascii") for each in disclosures]}
    signatures = [
        SignatureParts(
            protected_text=protected, unprotected={} if position else beside, signature=base64url.decode(signature)
        )
        for position, (protected, _, signature) in enumerate(pieces)
    ]
    return json_form.join(pieces[0][1].decode("ascii"), signatures=signatures, flattened=len(pieces) == 1)


def replace(source: JsonSdJwt, *, disclosures: Sequence[bytes], proof: str = "") -> dict[str, JsonValue]:
    """Copy an SD-JWT in JSON with other Disclosures, and with a Key Binding JWT; all else stays as it is."""
    replaced: dict[str, JsonValue] = {DISCLOSURES: [each.decode("ascii") for each in disclosures]}
    if proof:
        replaced[KEY_BINDING] = proof
    if "signatures" not in source.members:
        return _with_header(source.members, replaced)
    first, *others = cast("list[dict[str, JsonValue]]", source.members["signatures"])
    return {**source.members, "signatures": [_with_header(first, replaced), *others]}


def _with_header(signature: Mapping[str, JsonValue], replaced: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    header = cast("Mapping[str, JsonValue]", signature.get("header", {}))
    return {**signature, "header": {**header, **replaced}}


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("The object is not an SD-JWT in JSON.", code="malformed_sd_jwt", detail=problem)
