"""NumericDate, seconds since 1970 in UTC, and the one clock that reads the system's (RFC 7519 §2).

Floats are allowed by the RFC and kept as they are: rounding an expiry up would lengthen a token's life.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeAlias

MAX_NUMERIC_DATE: Final = 253_402_300_799
"""The last second of the year 9999, beyond which Python has no datetime."""

Duration: TypeAlias = timedelta | int
"""A length of time; an int counts seconds."""


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z."""
        ...


class SystemClock:
    """The computer's own clock."""

    __slots__ = ()

    now = staticmethod(time.time)


SYSTEM_CLOCK: Final[Clock] = SystemClock()


def to_datetime(seconds: float) -> datetime:
    """Turn a NumericDate in range into an aware datetime, UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def to_seconds(duration: Duration, *, name: str) -> float:
    """Turn a length of time into seconds.

    Raises:
        TypeError: It is neither a timedelta nor a number of seconds.
    """
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, bool) or not isinstance(duration, int):
        raise TypeError(f"{name} is a timedelta or a whole number of seconds.")
    return duration
