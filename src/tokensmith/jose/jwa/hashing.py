"""The SHA-2 hashes, as `cryptography` and as the standard library know them (RFC 7518 §3.1, RFC 9901 §4.1.1)."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from cryptography.hazmat.primitives import hashes

SHA2: Final[Mapping[int | None, hashes.HashAlgorithm]] = MappingProxyType(
    {256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}
)
"""From hash size in bits to the ready, stateless hash object."""

HashName = Literal["sha-256", "sha-384", "sha-512"]
"""A hash as the IANA "Named Information" registry spells it, for members whose value is such a name."""

NAMED_HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = MappingProxyType(
    {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
)
"""From that name to the hash. The registry also has truncated ones, down to 32 bits; none of them is here."""
