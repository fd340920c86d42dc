"""Attempts per source in one process: a fixed window per source, on the monotonic clock, in bounded memory.

The `limits` library keeps such counts too, but goes through all of them at every hit, and an attacker has sources to
spare. Here a hit costs the same however many there are.
"""

import math
import time
from collections.abc import Callable
from typing import Final

WINDOW_SECONDS: Final = 60
# Beyond this many the oldest window is forgotten, which gives its source a few tries more.
MAX_SOURCES: Final = 100_000


class MemoryCounts:
    """Counts hits per key within a minute; satisfies the web's `SourceLimit` by itself."""

    def __init__(
        self,
        per_minute: int,
        *,
        max_sources: int = MAX_SOURCES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = per_minute
        self._max_sources = max_sources
        self._monotonic = monotonic
        # In the order in which the windows began, so that the first is always the oldest.
        self._windows: dict[str, tuple[float, int]] = {}

    async def hit(self, source: str) -> int:
        """Count one attempt; 0 if it may be made, else the seconds until one may be."""
        now = self._monotonic()
        self._forget_the_oldest(now)
        began, count = self._windows.get(source, (now, 0))
        if now - began >= WINDOW_SECONDS:
            del self._windows[source]
            began, count = now, 0
        if count >= self._per_minute:
            return max(1, math.ceil(began + WINDOW_SECONDS - now))
        self._windows[source] = (began, count + 1)
        return 0

    def _forget_the_oldest(self, now: float) -> None:
        # Two at most, though one is added at most: what is over drains away, and no hit pays for all of it.
        for _ in range(2):
            oldest = next(iter(self._windows), None)
            if oldest is None:
                return
            over = now - self._windows[oldest][0] >= WINDOW_SECONDS
            if over or len(self._windows) >= self._max_sources:
                del self._windows[oldest]
