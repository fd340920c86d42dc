"""Rotation keys and sealing keys that stay as they are until a test changes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.sealing import Sealing


@dataclass(frozen=True)
class FixedRotationKeys:
    """Satisfies `RotationKeys`; the first one is current."""

    by_id: Mapping[str, bytes]

    @property
    def current_key_id(self) -> str:
        return next(iter(self.by_id))

    def rotation_key(self, key_id: str) -> bytes:
        if key_id not in self.by_id:
            raise SealError("No such key.", code="sealing_key_unknown")
        return self.by_id[key_id]


@dataclass
class HeldSealing:
    """Satisfies `SealerRing` and `RotationKeyRing`."""

    held: Sealing

    async def current(self) -> Sealing:
        return self.held

    async def opening(self, sealed: bytes) -> Sealing:
        return self.held

    async def holding(self, key_ids: Iterable[str]) -> Sealing:
        return self.held
