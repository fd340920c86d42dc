"""Marked claims → the payload to be signed, and a Disclosure for each hidden value (RFC 9901 §4.2.4–§4.2.6).

Digests are sorted and decoys in arrays stand at random places, so no order tells what is what. What is inside a hidden
value is hidden first: the outer Disclosure then holds the digests of the inner ones.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from tokensmith.jose.limits import DEFAULT_LIMITS
from tokensmith.jose.sd_jwt.disclosure import Hash, digest_of, make_decoy, write_disclosure
from tokensmith.jose.sd_jwt.marks import ELEMENT, RESERVED, SD, Disclosable, MarkedValue, Padded
from tokensmith.jose.strict_json import JsonValue

Write: TypeAlias = Callable[[Sequence[JsonValue]], bytes]


@dataclass(frozen=True, slots=True)
class Concealed:
    """What the issuer signs, and what goes beside it to the holder."""

    payload: Mapping[str, JsonValue]
    disclosures: tuple[bytes, ...]


def conceal(
    claims: Mapping[str, MarkedValue] | Padded, *, hashed_with: Hash, write: Write = write_disclosure
) -> Concealed:
    """Take the marked values out of *claims*, and put digests in their place.

    Args:
        claims: The claims with their marks; they stay as they are.
        hashed_with: Makes the digests.
        write: Makes the text of a Disclosure, salt included.

    Raises:
        TypeError: A name is not text, or something is no JSON value.
        ValueError: A name is reserved, a number of digests is too small for what it is to hide, or the claims are too
            deep or too many for a verifier.
    """
    work = _Concealment(hashed_with=hashed_with, write=write)
    payload = work.replace(claims, room=DEFAULT_LIMITS.max_json_depth)
    if not isinstance(payload, Mapping):
        raise TypeError("Claims are a mapping.")
    if len(work.disclosures) > DEFAULT_LIMITS.max_disclosures:
        raise ValueError(f"At most {DEFAULT_LIMITS.max_disclosures} claims are disclosable.")
    return Concealed(payload, tuple(work.disclosures))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Concealment:
    """The Disclosures made so far, and how they are made."""

    hashed_with: Hash
    write: Write
    disclosures: list[bytes] = field(default_factory=list)

    def replace(self, value: MarkedValue, *, room: int, digests: int = 0) -> JsonValue:
        """Copy a value with its marks taken out; it may be nested *room* deep, and is padded to *digests*."""
        match value:
            case Padded():
                return self.replace(value.value, room=room, digests=value.digests)
            case Mapping() | list() | tuple() if room < 1:
                raise ValueError("The claims are nested too deeply.")
            case Mapping():
                return self._replace_members(value, room=room - 1, digests=digests)
            case list() | tuple():
                return self._replace_elements(value, room=room - 1, digests=digests)
        # Whatever else it is, the encoder takes JSON alone.
        return cast("JsonValue", value)

    def _replace_members(self, members: Mapping[str, MarkedValue], *, room: int, digests: int) -> JsonValue:
        visible: dict[str, JsonValue] = {}
        hidden: list[str] = []
        for name, value in members.items():
            # A visible name is checked by the encoder; a hidden one would be an element like any other.
            if not isinstance(name, str):
                raise TypeError(f"A member name must be a str, not {type(name).__name__}.")
            if name in RESERVED:
                raise ValueError(f"No claim can have the name {name!r}.")
            if isinstance(value, Disclosable):
                hidden.append(self._hide(name, self.replace(value.value, room=room)))
            else:
                visible[name] = self.replace(value, room=room)
        hidden.extend(self._decoys(digests, real=len(hidden)))
        return {**visible, SD: sorted(hidden)} if hidden else visible

    def _replace_elements(self, elements: Sequence[MarkedValue], *, room: int, digests: int) -> JsonValue:
        replaced: list[JsonValue] = []
        real = 0
        for value in elements:
            if isinstance(value, Disclosable):
                replaced.append({ELEMENT: self._hide(self.replace(value.value, room=room))})
                real += 1
            else:
                replaced.append(self.replace(value, room=room))
        for decoy in self._decoys(digests, real=real):
            replaced.insert(secrets.randbelow(len(replaced) + 1), {ELEMENT: decoy})
        return replaced

    def _hide(self, *contents: JsonValue) -> str:
        disclosure = self.write(contents)
        self.disclosures.append(disclosure)
        return digest_of(disclosure, hashed_with=self.hashed_with)

    def _decoys(self, digests: int, *, real: int) -> list[str]:
        if digests and real > digests:
            # Silently having more would tell exactly what the padding was to hide.
            raise ValueError(f"{real} disclosable values do not fit into {digests} digests.")
        return [make_decoy(hashed_with=self.hashed_with) for _ in range(digests - real)]
