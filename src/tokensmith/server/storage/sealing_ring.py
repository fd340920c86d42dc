"""The sealing keys as one process holds them; the database is asked every 2 s whether another process has changed them.

Nothing has to be restarted for a new key that lies in the file beside the database. A process whose keys come from its
settings was started with the new one before it became current, and learns here that it has.

A process keeps every key it ever held: it may still be about to open what it read before the change.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.sealing import Sealing, key_id_of
from tokensmith.server.storage.sealing_check import SealingState, read_sealing_state
from tokensmith.server.storage.sealing_source import SealingSource

REFRESH_SECONDS: Final = 2.0


class SealingRing:
    """Satisfies `SealerRing` and `RotationKeyRing`."""

    def __init__(
        self,
        engine: Engine,
        source: SealingSource,
        checked: Sealing,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the keys as they were *checked* at the start."""
        self._engine = engine
        self._source = source
        self._held = checked
        self._monotonic = monotonic
        self._asked_at = monotonic()
        self._state: SealingState | None = None

    @property
    def held(self) -> Sealing:
        """The keys as they were last seen."""
        return self._held

    async def current(self) -> Sealing:
        """Return the keys, as they were at most `REFRESH_SECONDS` ago.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        return await self._seen(is_enough=True)

    async def opening(self, sealed: bytes) -> Sealing:
        """Return the keys, among them the one that *sealed* names, if it is to be had."""
        return await self._seen(is_enough=key_id_of(sealed) in self._held.key_ids)

    async def holding(self, key_ids: Iterable[str]) -> Sealing:
        """Return the keys, among them the rotation keys of these ids, if they are to be had."""
        return await self._seen(is_enough=self._held.rotation_key_ids.issuperset(key_ids))

    async def _seen(self, *, is_enough: bool) -> Sealing:
        asked_at = self._monotonic()
        if not is_enough or asked_at - self._asked_at >= REFRESH_SECONDS:
            state = await self._engine.read(read_sealing_state)
            self._asked_at = asked_at
            if state != self._state:
                self._learn(state)
        return self._held

    def _learn(self, state: SealingState) -> None:
        sealing = self._held
        # Who cannot get at a new key goes on with what it holds, is refused where that is not enough, and tries again.
        with suppress(SealError):
            if not state.key_ids <= set(sealing.key_ids):
                loaded = self._source.load()
                sealing = loaded.before(sealing) if loaded else sealing
            self._held = state.applied_to(sealing)
            self._state = state
