"""Status lists: one small number per token, packed and compressed (Token Status List §4, §7, §8.3).

The statuses of a list lie side by side from the least significant bit of each byte up. A few hundred bytes can inflate
to gigabytes, so reading stops at a ceiling.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.strict_json import JsonValue

VALID: Final = 0
INVALID: Final = 1
"""Revoked, for good."""
SUSPENDED: Final = 2
"""Revoked for the time being."""

MAX_LIST_BYTES: Final = 1_048_576
_SIZES: Final = frozenset({1, 2, 4, 8})


@dataclass(frozen=True, slots=True)
class StatusList:
    """The statuses of many tokens; `status_list[index]` reads one.

    Args:
        bits: Bits for each status: 1, 2, 4 or 8.
        data: The packed statuses, not compressed.

    Raises:
        ValueError: *bits* is something else.
    """

    bits: int
    data: bytes

    def __post_init__(self) -> None:
        if type(self.bits) is not int or self.bits not in _SIZES:
            raise ValueError("bits is 1, 2, 4 or 8.")

    @classmethod
    def build(cls, size: int, *, bits: int = 1, statuses: Mapping[int, int]) -> "StatusList":
        """Pack statuses.

        Args:
            size: How many tokens the list has room for; a list ends at a whole byte.
            bits: Bits for each status: 1, 2, 4 or 8.
            statuses: From index to status; every other index gets 0, `VALID`.

        Raises:
            ValueError: *bits* is something else, an index is outside the list, or a status needs more bits.
        """
        empty = cls(bits, b"")
        per_byte = 8 // empty.bits
        packed = bytearray(-(-size // per_byte))
        highest = (1 << bits) - 1
        for index, status in statuses.items():
            if not (0 <= index < size and 0 <= status <= highest):
                raise ValueError(f"Status {status} does not fit at index {index}.")
            packed[index // per_byte] |= status << (index % per_byte * bits)
        return cls(bits, bytes(packed))

    @classmethod
    def from_claim(cls, claim: JsonValue, *, max_bytes: int = MAX_LIST_BYTES) -> "StatusList":
        """Read the "status_list" claim of a verified status list token (§4.2, §5.1).

        Args:
            claim: The claim's value.
            max_bytes: The largest list to unpack, in bytes after decompression.

        Raises:
            MalformedTokenError: code `malformed_status_list`, `base64url`, or `too_large`.
        """
        members = claim if isinstance(claim, Mapping) else {}
        bits, text = members.get("bits"), members.get("lst")
        # By exact type, since true would pass for 1.
        if type(bits) is not int or bits not in _SIZES or not isinstance(text, str):
            raise _malformed("bits or lst")
        return cls(bits, _inflate(base64url.decode(text), max_bytes=max_bytes))

    def to_claim(self) -> dict[str, Any]:
        """Write the "status_list" claim, compressed as far as zlib can."""
        return {"bits": self.bits, "lst": base64url.encode(zlib.compress(self.data, 9))}

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def __getitem__(self, index: object) -> int:
        """Read the status at *index*, which a token names and which is therefore checked like a token.

        Raises:
            UnacceptableTokenError: The list has no such index, so nothing can be said about the token and it is refused
                (§8.3); code `status_index`.
        """
        if type(index) is not int or not 0 <= index < len(self):
            raise UnacceptableTokenError(
                "The token's status is not in the list.", code="status_index", detail=f"index={index!r:.64}"
            )
        place, slot = divmod(index, 8 // self.bits)
        return self.data[place] >> (slot * self.bits) & ((1 << self.bits) - 1)

    def __iter__(self) -> Iterator[int]:
        return (self[index] for index in range(len(self)))


def _inflate(compressed: bytes, *, max_bytes: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        # One byte more than allowed tells a list that is too large from one that just fits.
        data = stream.decompress(compressed, max_bytes + 1)
    except zlib.error as error:
        raise _malformed(str(error)) from None
    if len(data) > max_bytes:
        raise MalformedTokenError("The status list is too large.", code="too_large")
    # A stream cut short would call tokens unknown, or let a shorter list stand in for the whole.
    if not stream.eof or stream.unused_data:
        raise _malformed("the stream does not end where the text does")
    return data


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("The status list is not valid.", code="malformed_status_list", detail=problem)
