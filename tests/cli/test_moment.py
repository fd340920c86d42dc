"""Dates, and how far away they are."""

import pytest

from tokensmith.cli.moment import moment, span

NOW = 1_000_000_000


@pytest.mark.parametrize(
    ("name", "distance", "shown"),
    [
        ("exp", 300, "2001-09-09 01:51:40 UTC, 5 min left"),
        ("exp", 0, "2001-09-09 01:46:40 UTC, EXPIRED 0 s ago"),
        ("exp", -1, "2001-09-09 01:46:39 UTC, EXPIRED 1 s ago"),
        ("iat", -3600, "2001-09-09 00:46:40 UTC, 1 h ago"),
        ("nbf", 60, "2001-09-09 01:47:40 UTC, in 1 min"),
    ],
)
def test_a_moment_has_its_date_and_its_distance(name: str, distance: int, shown: str) -> None:
    """RFC 7519 §4.1.4: "on or after" its expiry a token is over."""
    assert moment(name, NOW + distance, now=NOW) == shown


@pytest.mark.parametrize(
    ("value", "is_moment"),
    [
        (0, True),
        (0.5, True),
        (253_402_300_799, True),
        (253_402_300_800, False),
        (-1, False),
        (True, False),
        ("1", False),
    ],
)
def test_what_is_no_date_is_none(value: object, is_moment: bool) -> None:
    """Before 1970, after 9999, true, text."""
    assert (moment("exp", value, now=NOW) is not None) is is_moment  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3601, "1 h"),
        (3660, "1 h 1 min"),
        (90_061, "1 d 1 h"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
