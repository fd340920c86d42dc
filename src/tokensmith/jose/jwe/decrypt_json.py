"""Decrypt a JWE in JSON with whichever key is there for one of its recipients (RFC 7516 §5.2, §7.2).

A token with many recipients makes one reader do the work of many. So the kid chooses first, the first match ends the
search, and what may be tried, and hashed for passwords, has a ceiling for all of them together.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.jose import base64url
from tokensmith.jose.errors import (
    DecryptionError,
    MalformedTokenError,
    RefusedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.header import JointHeader, parse_joint_header
from tokensmith.jose.jwa.content_encryption import cannot_decrypt
from tokensmith.jose.jwa.pbes2 import MAX_ITERATIONS
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS, KEY_MANAGEMENT_ALGORITHMS, PASSWORD_ALGORITHMS
from tokensmith.jose.jwe import json_form
from tokensmith.jose.jwe.content_key import KeySource, choose_key, find_content_key
from tokensmith.jose.jwe.decrypt import DecryptedJwe, make_decrypted
from tokensmith.jose.jwe.drafts import check_drafts
from tokensmith.jose.jwe.json_form import JsonParts, RecipientParts
from tokensmith.jose.jwe.treatment import Treatment, read_treatment
from tokensmith.jose.jwk import Key
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.strict_json import JsonValue

MAX_ATTEMPTS: Final = 16


def decrypt_json(
    token: Mapping[str, JsonValue] | str | bytes,
    keys: KeySource,
    *,
    encs: Collection[str] = CONTENT_ENCRYPTIONS.keys(),
    zips: Collection[str] = (),
    drafts: Collection[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> DecryptedJwe:
    """Decrypt a JWE in JSON, flattened or general.

    "enc", "zip" and "crit" have to be protected; "alg" may stand in any part, since a key obeys its own only, but not
    for integrated encryption, where it says what "enc" says elsewhere.

    Args:
        token: The JSON object, or its text, which is then read strictly.
        keys: See `decrypt`; one key for any recipient is enough.
        encs: The content encryptions to accept.
        zips: The compressions to accept.
        drafts: The drafts whose algorithms to accept.

    Raises:
        MalformedTokenError: As of `decrypt`; the object breaks the rules of its form; a name stands in two parts of the
            header (`duplicate_member`); "dir", "ECDH-ES" or integrated encryption has several recipients
            (`several_recipients`); there are more than 100 (`too_many_recipients`), more than 16 that a key could be
            for, or passwords would be hashed more than 1,200,000 times in all (`too_many_attempts`).
        UnacceptableTokenError: As of `decrypt`; also where "enc", "zip" or "crit" is not protected
            (`unprotected_parameter`).
        UnknownKeyError, DecryptionError, KeyMaterialError, TypeError, ValueError: As of `decrypt`.
    """
    check_drafts(drafts)
    parts = json_form.parse(token, limits=limits)
    headers = _read_headers(parts, limits=limits)
    treatment = read_treatment(headers[0].protected, encs=encs, zips=zips)
    attempts = _plan(zip(headers, parts.recipients, strict=True), keys=keys, treatment=treatment, drafts=drafts)
    return _try_all(attempts, parts=parts, treatment=treatment)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One recipient, and the key that could be its."""

    header: JointHeader
    key: Key
    encrypted_key: bytes


def _read_headers(parts: JsonParts, *, limits: Limits) -> list[JointHeader]:
    """Read the header of every recipient: one that breaks the rules makes the token none (RFC 7516 §5.2, step 4)."""
    protected = base64url.decode(parts.protected_text)
    pieces = ((parts.unprotected, each.header) for each in parts.recipients)
    headers = [
        parse_joint_header(protected, *each, may_be_unprotected=json_form.MAY_BE_UNPROTECTED, limits=limits)
        for each in pieces
    ]
    if len(headers) > 1 and any(_has_one_recipient(each.complete.alg) for each in headers):
        raise MalformedTokenError("The algorithm has one recipient only.", code="several_recipients")
    return headers


def _has_one_recipient(alg: str) -> bool:
    algorithm = KEY_MANAGEMENT_ALGORITHMS.get(alg)
    return algorithm is not None and algorithm.has_one_recipient


def _plan(
    recipients: Iterable[tuple[JointHeader, RecipientParts]],
    *,
    keys: KeySource,
    treatment: Treatment,
    drafts: Collection[str],
) -> list[_Attempt]:
    attempts: list[_Attempt] = []
    refusals: list[RefusedTokenError] = []
    for header, recipient in recipients:
        try:
            key = choose_key(keys, header=header.complete, enc=treatment.enc, drafts=drafts)
        except (UnknownKeyError, UnacceptableTokenError) as error:
            refusals.append(error)
            continue
        attempts.append(_Attempt(header=header, key=key, encrypted_key=recipient.encrypted_key))
    if not attempts:
        # Of several recipients that are all somebody else, none is the one to complain about.
        raise refusals[0] if len(refusals) == 1 else UnknownKeyError("There is no key for this token.")
    if len(attempts) > MAX_ATTEMPTS or _iterations(attempts) > MAX_ITERATIONS:
        raise MalformedTokenError("The token asks for too many attempts.", code="too_many_attempts")
    return attempts


def _iterations(attempts: Iterable[_Attempt]) -> int:
    """Add up how often passwords would be hashed; what is no number is refused later, without being hashed."""
    asked = (each.header.complete.get("p2c") for each in attempts if each.key.alg in PASSWORD_ALGORITHMS)
    return sum(each for each in asked if isinstance(each, int))


def _try_all(attempts: Iterable[_Attempt], *, parts: JsonParts, treatment: Treatment) -> DecryptedJwe:
    for each in attempts:
        content_key = find_content_key(
            each.key, header=each.header.complete, enc=treatment.enc, encrypted_key=each.encrypted_key
        )
        try:
            plaintext = treatment.undo(parts.content, content_key=content_key, aad=parts.covered)
        except DecryptionError:
            continue
        return make_decrypted(
            plaintext,
            header=each.header.protected,
            key=each.key,
            unprotected=each.header.unprotected,
            aad=base64url.decode(parts.aad_text),
        )
    raise cannot_decrypt()
