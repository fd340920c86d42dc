"""Lengths of time."""

from datetime import timedelta

import click
import pytest

from tokensmith.cli.duration import DURATION


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("12h", 43_200),
        ("30d", 2_592_000),
        ("0", 0),
        ("999999999d", 86_399_999_913_600),
    ],
)
def test_a_number_has_a_unit_or_counts_seconds(text: str, seconds: int) -> None:
    assert DURATION.convert(text, None, None) == timedelta(seconds=seconds)
    assert DURATION.convert(timedelta(seconds=seconds), None, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "m", "-1", "1.5h", "15 m", "1w", "15M", "٣s", "1m\n", "1" * 10])
def test_anything_else_is_refused(text: str) -> None:
    """Also what Python would take for a number."""
    with pytest.raises(click.BadParameter):
        DURATION.convert(text, None, None)
