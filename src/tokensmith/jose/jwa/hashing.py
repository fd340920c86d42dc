"""The SHA-2 hash of a descriptor, as `cryptography` names it (RFC 7518 §3.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives import hashes

SHA2: Final[Mapping[int | None, hashes.HashAlgorithm]] = MappingProxyType(
    {256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}
)
"""From hash size in bits to the ready, stateless hash object."""
