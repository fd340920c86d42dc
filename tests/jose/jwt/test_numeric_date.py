"""Seconds since 1970."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE, SYSTEM_CLOCK, to_datetime, to_seconds


def test_the_system_clock_says_what_the_system_says() -> None:
    before, said, after = time.time(), SYSTEM_CLOCK.now(), time.time()

    assert before <= said <= after


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1300819380, datetime(2011, 3, 22, 18, 43, tzinfo=UTC)),
        (0.5, datetime(1970, 1, 1, microsecond=500_000, tzinfo=UTC)),
        (MAX_NUMERIC_DATE, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_aware_and_in_utc(seconds: float, moment: datetime) -> None:
    """RFC 7519 §2, and the "exp" of RFC 7515 A.1."""
    assert to_datetime(seconds) == moment
    assert to_datetime(seconds).tzinfo is UTC


@pytest.mark.parametrize(("duration", "seconds"), [(90, 90), (timedelta(minutes=1.5), 90), (timedelta(0), 0), (-1, -1)])
def test_durations_are_seconds(duration: timedelta | int, seconds: int) -> None:
    assert to_seconds(duration, name="leeway") == seconds


@pytest.mark.parametrize("duration", [True, "10", None, 1.5])
def test_other_types_are_no_durations(duration: object) -> None:
    with pytest.raises(TypeError, match="leeway is a timedelta"):
        to_seconds(duration, name="leeway")  # type: ignore[arg-type]
