"""Moments that operators name."""

import click
import pytest

from tokensmith.cli.instant import INSTANT, shown_instant

THREE = 1_769_828_400_000


@pytest.mark.parametrize(
    "text",
    ["2026-01-31T03:00Z", "2026-01-31 03:00:00+00:00", "2026-01-31T04:00:00.000+01:00", "20260131T030000Z"],
)
def test_a_moment_has_its_zone(text: str) -> None:
    assert INSTANT.convert(text, None, None) == THREE
    assert INSTANT.convert(THREE, None, None) == THREE


@pytest.mark.parametrize("text", ["", "now", "2026-01-31T03:00", "2026-01-31", "1769828400", "2026-02-30T03:00Z"])
def test_anything_else_is_refused(text: str) -> None:
    """Also a time that would be the machine's own."""
    with pytest.raises(click.BadParameter):
        INSTANT.convert(text, None, None)


def test_a_moment_is_shown_in_utc_to_the_second() -> None:
    assert shown_instant(THREE + 999) == "2026-01-31 03:00:00Z"
    assert shown_instant(None) == ""
