"""Disclosures and the digests that refer to them → the claims they stand for (RFC 9901 §7.1 steps 3 to 5).

A Disclosure counts only where a digest in the signed payload, or in another Disclosure that counts, refers to it; its
content is not looked at before. What is there and fits no rule is refused rather than skipped: two readers that skip
different things read two different tokens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.limits import Limits
from tokensmith.jose.sd_jwt.disclosure import Hash, digest_of, read_element, read_member
from tokensmith.jose.sd_jwt.marks import ELEMENT, RESERVED, SD, SD_ALG
from tokensmith.jose.strict_json import JsonValue

Path: TypeAlias = tuple[str | int, ...]
"""The way to a claim: names of members, and positions in arrays counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The "Processed SD-JWT Payload", and which of its claims came from where."""

    claims: dict[str, JsonValue]
    disclosed: Mapping[Path, bytes]
    """From each claim that was hidden to its Disclosure; outer ones before those inside them."""
    hashed_with: Hash


def resolve(payload: dict[str, JsonValue], *, disclosures: tuple[bytes, ...], limits: Limits) -> Resolved:
    """Put the disclosed claims where their digests stand, and remove all other digests.

    Args:
        payload: The payload of the issuer-signed JWT, whose signature held.
        disclosures: The Disclosures, in base64url; no more than the limits allow.
        limits: Ceilings for depth and sizes, of each Disclosure and of the result.

    Raises:
        UnacceptableTokenError: The hash is none of ours; code `unsupported_hash`.
        MalformedTokenError: As of `read_member` and `read_element`; or code `malformed_digests` (something else than
            digests where they belong), `repeated_digest`, `repeated_disclosure`, `unreferenced_disclosure`,
            `reserved_claim_name`, `duplicate_claim` or `too_deep`.
    """
    hashed_with = _choose_hash(payload.get(SD_ALG, "sha-256"))
    work = _Resolution(limits=limits)
    for text in disclosures:
        work.offered[digest_of(text, hashed_with=hashed_with)] = text
    if len(work.offered) < len(disclosures):
        raise MalformedTokenError("A disclosure was sent twice.", code="repeated_disclosure")
    members = {name: value for name, value in payload.items() if name != SD_ALG}
    claims = work.resolve_members(members, path=(), room=limits.max_json_depth)
    # §7.1 step 5: whatever nobody signed for is not carried along.
    if work.offered:
        raise MalformedTokenError("A disclosure belongs to no digest.", code="unreferenced_disclosure")
    return Resolved(claims=claims, disclosed=work.disclosed, hashed_with=hashed_with)


def _choose_hash(name: JsonValue) -> Hash:
    hashed_with = NAMED_HASHES.get(name) if isinstance(name, str) else None
    if hashed_with is None:
        raise UnacceptableTokenError(
            "The hash is not supported.", code="unsupported_hash", detail=f"_sd_alg={name!r:.64}"
        )
    return hashed_with


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resolution:
    """The Disclosures that no digest has referred to yet, and all digests that were met."""

    limits: Limits
    offered: dict[str, bytes] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    disclosed: dict[Path, bytes] = field(default_factory=dict)

    def resolve_members(self, members: Mapping[str, JsonValue], *, path: Path, room: int) -> dict[str, JsonValue]:
        """Resolve an object, which may be nested *room* deep."""
        resolved: dict[str, JsonValue] = {}
        for name, value in members.items():
            if name == SD:
                continue
            if name in RESERVED:
                raise _malformed(f"{name!r} stands where it has no meaning")
            resolved[name] = self._resolve(value, path=(*path, name), room=room)
        for digest in _digests_in(members):
            disclosure = self._take(digest)
            if disclosure is None:
                continue
            name, value = read_member(disclosure, limits=self.limits)
            # §7.1 step 3.3.2.3: otherwise a holder could overwrite what the issuer made visible.
            if name in resolved:
                raise MalformedTokenError("A claim is there twice.", code="duplicate_claim", detail=f"name={name!r}")
            self.disclosed[*path, name] = disclosure
            resolved[name] = self._resolve(value, path=(*path, name), room=room)
        return resolved

    def _resolve_elements(self, elements: list[JsonValue], *, path: Path, room: int) -> list[JsonValue]:
        resolved: list[JsonValue] = []
        for element in elements:
            value, place = element, (*path, len(resolved))
            if isinstance(element, dict) and ELEMENT in element:
                disclosure = self._take(_digest_in(element))
                if disclosure is None:
                    continue
                self.disclosed[place] = disclosure
                value = read_element(disclosure, limits=self.limits)
            resolved.append(self._resolve(value, path=place, room=room))
        return resolved

    def _resolve(self, value: JsonValue, *, path: Path, room: int) -> JsonValue:
        if not isinstance(value, dict | list):
            return value
        # Each Disclosure has a bounded depth of its own; a chain of them would still exhaust the stack.
        if room < 2:
            raise MalformedTokenError("A JSON text is nested too deeply.", code="too_deep")
        if isinstance(value, dict):
            return self.resolve_members(value, path=path, room=room - 1)
        return self._resolve_elements(value, path=path, room=room - 1)

    def _take(self, digest: str) -> bytes | None:
        """Find what a digest refers to; a decoy, or what the holder kept to himself, refers to nothing."""
        # §7.1 step 4, decoys included: one Disclosure in two places would be two claims.
        if digest in self.met:
            raise MalformedTokenError("A digest is there twice.", code="repeated_digest")
        self.met.add(digest)
        return self.offered.pop(digest, None)


def _digests_in(members: Mapping[str, JsonValue]) -> list[str]:
    listed = members.get(SD, [])
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise _malformed(f"{SD!r} is not a list of text")
    return cast("list[str]", listed)


def _digest_in(element: Mapping[str, JsonValue]) -> str:
    digest = element[ELEMENT]
    if len(element) != 1 or not isinstance(digest, str):
        raise _malformed(f"{ELEMENT!r} is not alone, or not text")
    return digest


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("The digests are not valid.", code="malformed_digests", detail=problem)
