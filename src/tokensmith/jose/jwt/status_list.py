"""Status lists: many statuses in one compressed array of bits (Token Status List §4.1, §4.2).

A list comes compressed from elsewhere, so it is inflated up to a ceiling and no further: a kilobyte of zlib can hold a
gigabyte of zeros.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self, cast

from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.strict_json import JsonValue

StatusBits = Literal[1, 2, 4, 8]

MAX_LIST_BYTES: Final = 4 * 2**20
"""The longest array that is inflated: 33 million statuses of one bit."""

_BITS: Final = frozenset({1, 2, 4, 8})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """Statuses by index: `statuses[7]` is a number of *bits* bits; `len` counts the indexes there are.

    Attributes:
        bits: Bits per status: 1, 2, 4 or 8.
        data: The uncompressed array, the first status in the lowest bits of the first byte.

    Raises:
        ValueError: *bits* is another number.
    """

    bits: StatusBits
    data: bytes

    def __post_init__(self) -> None:
        if self.bits not in _BITS:
            raise ValueError("bits is 1, 2, 4 or 8.")

    @classmethod
    def of(cls, statuses: Sequence[int], *, bits: StatusBits = 1) -> Self:
        """Pack statuses, the first one at index 0; unused bits of the last byte are 0.

        Raises:
            ValueError: A status does not fit into *bits* bits.
        """
        if any(not 0 <= status < 1 << bits for status in statuses):
            raise ValueError(f"a status is 0 to {(1 << bits) - 1}.")
        per_byte = 8 // bits
        packed = bytearray(-(-len(statuses) // per_byte))
        for index, status in enumerate(statuses):
            packed[index // per_byte] |= status << index % per_byte * bits
        return cls(bits=bits, data=bytes(packed))

    @classmethod
    def from_claim(cls, claim: JsonValue, *, max_bytes: int = MAX_LIST_BYTES) -> Self:
        """Read the "status_list" claim of a status list token.

        Args:
            claim: The JSON object with its members "bits" and "lst"; others are ignored.
            max_bytes: The longest array to inflate.

        Raises:
            MalformedTokenError: code `status_list`, or `too_large` for an array longer than *max_bytes*.
        """
        members = claim if isinstance(claim, Mapping) else {}
        bits, lst = members.get("bits"), members.get("lst")
        # By exact type: True is 1 in Python, and would pass for a number of bits.
        if type(bits) is not int or bits not in _BITS or not isinstance(lst, str):
            raise MalformedTokenError("The status list is malformed.", code="status_list", detail=f"bits={bits!r:.64}")
        return cls(bits=cast("StatusBits", bits), data=_inflate(base64url.decode(lst), max_bytes=max_bytes))

    def to_claim(self) -> dict[str, JsonValue]:
        """Write the "status_list" claim, compressed as well as zlib can."""
        return {"bits": self.bits, "lst": base64url.encode(zlib.compress(self.data, level=9))}

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def __getitem__(self, index: int) -> int:
        """Return one status.

        Raises:
            UnacceptableTokenError: There is no such index in the list; code `status_index`. Draft §8.3 refuses the
                token that names it, for nobody can say that it is good.
        """
        if not 0 <= index < len(self):
            raise UnacceptableTokenError(
                "The token's status is not in its list.", code="status_index", detail=f"{index} of {len(self)}"
            )
        byte, position = divmod(index * self.bits, 8)
        return self.data[byte] >> position & (1 << self.bits) - 1


def _inflate(compressed: bytes, *, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(compressed, max_bytes + 1)
    except zlib.error:
        raise MalformedTokenError("The status list is not compressed with zlib.", code="status_list") from None
    if len(data) > max_bytes:
        raise MalformedTokenError("The status list is too long.", code="too_large")
    # A stream cut short would lose its last statuses, and what follows one could be anything.
    if not inflater.eof or inflater.unused_data:
        raise MalformedTokenError("The status list's compression does not end where it should.", code="status_list")
    return data
