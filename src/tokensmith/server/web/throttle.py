"""How often one source may try (RFC 6749 §2.3.1 and §10.10: secrets are not to be guessed by trying).

A limit per source is coarse, and may be kept in a cache that forgets. What keeps a password safe is the lock-out in the
database (see `domain/sign_in_attempts.py`); what keeps a client's secret safe is its length.
"""

import math
import time
from collections.abc import Callable
from typing import Final, Protocol

from tokensmith.server.domain.errors import TooManyAttemptsError

MAX_REMEMBERED: Final = 4096


class SourceLimit(Protocol):
    """Counts attempts per source, within a minute."""

    async def hit(self, source: str) -> int:
        """Count one attempt; 0 if it may be made, else the seconds until one may be."""


async def count_attempt(limit: SourceLimit, source: str) -> None:
    """Count one attempt of a source.

    Raises:
        TooManyAttemptsError: it is one too many (`source_limited`).
    """
    _refuse_unless_zero(await limit.hit(source))


class FailureThrottle:
    """Counts failures only, and keeps whoever had too many of them out before looking at what they bring.

    That somebody is out is remembered in this process alone: asking a shared cache before every token would cost more
    than the token. Another process learns it by its own first failure.
    """

    def __init__(self, limit: SourceLimit, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._out_until: dict[str, float] = {}

    def check(self, source: str) -> None:
        """Refuse a source that is out.

        Raises:
            TooManyAttemptsError: it had too many failures (`source_limited`).
        """
        until = self._out_until.get(source)
        if until is not None:
            _refuse_unless_zero(max(0, math.ceil(until - self._monotonic())))
            del self._out_until[source]

    async def count_failure(self, source: str) -> None:
        """Count one failure.

        Raises:
            TooManyAttemptsError: it was one too many (`source_limited`); the source is out from now on.
        """
        wait = await self._limit.hit(source)
        if wait:
            # Sources are many and cheap; what is lost by forgetting is one more try each.
            if len(self._out_until) >= MAX_REMEMBERED:
                self._out_until.clear()
            self._out_until[source] = self._monotonic() + wait
        _refuse_unless_zero(wait)


def _refuse_unless_zero(seconds: int) -> None:
    if seconds:
        text = "Too many attempts; wait."
        raise TooManyAttemptsError(text, retry_after_seconds=seconds, code="source_limited")
