"""Marks on claims: which the holder may keep to himself, and where their number is to be hidden (RFC 9901 §4.2).

A mark stands where the value stands, so that the claims still read like claims, at any depth and also inside each
other. Whatever has no mark is visible to everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final, TypeAlias

MarkedValue: TypeAlias = (
    "bool | int | float | str | Disclosable | Padded | Sequence[MarkedValue] | Mapping[str, MarkedValue] | None"
)
"""A JSON value in which some values are marked."""

SD: Final = "_sd"
"""Where an object keeps the digests of its hidden members (§4.2.4.1)."""
SD_ALG: Final = "_sd_alg"
"""Which hash the digests were made with (§4.1.1)."""
ELEMENT: Final = "..."
"""The one member of the object that stands for a hidden array element (§4.2.4.2)."""
RESERVED: Final = frozenset({SD, SD_ALG, ELEMENT})
"""Names that no claim can have, at any depth."""


@dataclass(frozen=True, slots=True)
class Disclosable:
    """A claim or an array element that the holder discloses or keeps to himself.

    Raises:
        TypeError: *value* is itself `Disclosable`: one value is hidden once.
    """

    value: MarkedValue

    def __post_init__(self) -> None:
        if isinstance(self.value, Disclosable):
            raise TypeError("A value is made disclosable once.")


@dataclass(frozen=True, slots=True)
class Padded:
    """An object or an array with as many digests as said, so that their number tells nothing (RFC 9901 §4.2.5, §10.4).

    Decoys, which nobody can tell from digests of claims, fill up what the disclosable members leave. Choose the largest
    number that occurs, and use it also where there is nothing to hide.

    Args:
        value: A mapping or a list; the claims as a whole may be padded, too.
        digests: How many digests it has in all, real ones included; at least 1.

    Raises:
        TypeError: *value* is neither a mapping nor a list.
        ValueError: *digests* is below 1.
    """

    value: Mapping[str, MarkedValue] | Sequence[MarkedValue]
    _: KW_ONLY
    digests: int

    def __post_init__(self) -> None:
        if not isinstance(self.value, Mapping | list | tuple):
            raise TypeError("Only a mapping or a list is padded.")
        if self.digests < 1:
            raise ValueError("digests is at least 1.")


def has_mark(value: object) -> bool:
    """Tell whether anything in *value* is marked."""
    if isinstance(value, Mapping):
        return any(has_mark(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_mark(item) for item in value)
    return isinstance(value, Disclosable | Padded)
