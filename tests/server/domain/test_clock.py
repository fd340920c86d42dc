"""Moments in milliseconds, and what is told of them in seconds."""

import pytest

from tokensmith.server.domain.clock import seconds_until, to_seconds


def test_a_numeric_date_is_rounded_down() -> None:
    """A token must not say it was issued in the future."""
    assert [to_seconds(1999), to_seconds(2000)] == [1, 2]


@pytest.mark.parametrize(("until_ms", "seconds"), [(2001, 1), (3000, 1), (3001, 2), (2000, 0), (1000, 0)])
def test_a_wait_is_rounded_up_and_never_negative(until_ms: int, seconds: int) -> None:
    """Who waits as long as told must not come too early (Retry-After)."""
    assert seconds_until(until_ms, now_ms=2000) == seconds
