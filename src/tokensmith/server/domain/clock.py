"""Moments and spans of time.

Every stored moment is the database's, in milliseconds since 1970 (`…_ms`), so that many server processes with clocks of
their own agree on one order of events. Whole seconds (`…_seconds`) appear where the standards ask for them: in tokens
and in answers.
"""

MILLISECONDS = 1000


def to_seconds(moment_ms: int) -> int:
    """Return the NumericDate of a stored moment: seconds since 1970, rounded down (RFC 7519 §2)."""
    return moment_ms // MILLISECONDS


def seconds_until(moment_ms: int, *, now_ms: int) -> int:
    """Return the whole seconds from *now_ms* to *moment_ms*, rounded up, never below 0 (Retry-After, expires_in)."""
    return max(0, -((now_ms - moment_ms) // MILLISECONDS))
