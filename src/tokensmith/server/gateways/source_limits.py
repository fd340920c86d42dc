"""How often one source may try: counted in this process, or in a Valkey that all processes share (decision 10).

Valkey may vanish at any moment. Then each process counts by itself, so the limit is looser by the number of processes,
and says so once in the log; no request fails for it. What keeps a password safe is the lock-out in the database.
"""

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.gateways.memory_counts import MemoryCounts

if TYPE_CHECKING:
    from valkey.asyncio import ConnectionPool

SCHEMES: Final = frozenset({"valkey", "valkeys", "redis", "rediss"})
# Less than anybody notices; and once it was exceeded, Valkey is left alone for a while.
TIMEOUT_SECONDS: Final = 0.25
LEFT_ALONE_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class SourceLimits:
    """One limit, for as many sources as come; satisfies the web's `SourceLimit`."""

    def __init__(
        self,
        name: str,
        *,
        per_minute: int,
        cache_url: str = "",
        clock: Clock = SYSTEM_CLOCK,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a limit.

        Args:
            name: What is limited; limits of different names do not count together.
            per_minute: How many attempts one source has.
            cache_url: ``valkey://…`` or ``redis://…`` (with an ``s`` for TLS); empty for this process alone.
            clock: Valkey tells when a window ends, by the clock on the wall.
            monotonic: For the windows of this process.

        Raises:
            ConflictError: the client of Valkey is not installed (`valkey_extra_missing`).
            ValueError: *cache_url* is no address of a cache.
        """
        self._name = name
        self._item = RateLimitItemPerMinute(per_minute, namespace="tokensmith")
        self._own = MemoryCounts(per_minute, monotonic=monotonic)
        self._connections = _connections(cache_url) if cache_url else None
        self._shared = _counts_in(self._connections, cache_url) if self._connections else None
        self._clock = clock
        self._monotonic = monotonic
        self._left_alone_until: float | None = None

    async def hit(self, source: str) -> int:
        """Count one attempt; 0 if it may be made, else the seconds until one may be."""
        if self._shared is None or self._is_left_alone():
            return await self._own.hit(source)
        try:
            wait = await self._hit_shared(self._shared, source)
        except (StorageError, OSError) as error:
            self._lose(error)
            return await self._own.hit(source)
        self._regain()
        return wait

    async def close(self) -> None:
        """Close the connections to Valkey."""
        if self._connections is not None:
            await self._connections.disconnect()

    async def _hit_shared(self, limiter: FixedWindowRateLimiter, source: str) -> int:
        if await limiter.hit(self._item, self._name, source):
            return 0
        ends_at = (await limiter.get_window_stats(self._item, self._name, source)).reset_time
        return max(1, math.ceil(ends_at - self._clock.now()))

    def _is_left_alone(self) -> bool:
        return self._left_alone_until is not None and self._monotonic() < self._left_alone_until

    def _lose(self, error: Exception) -> None:
        if self._left_alone_until is None:
            _log.warning("the cache is lost; each process counts attempts by itself", extra={"reason": str(error)})
        self._left_alone_until = self._monotonic() + LEFT_ALONE_SECONDS

    def _regain(self) -> None:
        if self._left_alone_until is not None:
            _log.info("the cache is back; all processes count attempts together")
        self._left_alone_until = None


def _connections(cache_url: str) -> "ConnectionPool":
    if urlsplit(cache_url).scheme not in SCHEMES:
        raise ValueError("a cache URL is valkey://host:port/0 or redis://host:port/0")
    try:
        # Here and not above: without a cache no client of it is needed, and the extra is not installed then.
        from valkey.asyncio import ConnectionPool  # noqa: PLC0415
    except ModuleNotFoundError as error:
        text = "A cache needs an extra: pip install 'tokensmith[valkey]'"
        raise ConflictError(text, code="valkey_extra_missing", detail=str(error)) from error
    return ConnectionPool.from_url(cache_url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


def _counts_in(connections: "ConnectionPool", cache_url: str) -> FixedWindowRateLimiter:
    storage = RedisStorage(
        f"async+{cache_url}",
        wrap_exceptions=True,
        implementation="valkey",
        connection_pool=connections,  # type: ignore[arg-type] # documented, and missing in its annotation
    )
    return FixedWindowRateLimiter(storage)
