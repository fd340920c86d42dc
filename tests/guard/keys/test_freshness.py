"""How long a key set is used without asking again."""

import pytest

from tokensmith.guard.keys.freshness import CEILING_SECONDS, DEFAULT_SECONDS, FLOOR_SECONDS, lifetime_seconds


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=60", 60),
        ("public, MAX-AGE=60, must-revalidate", 60),
        ('max-age="60"', 60),
        ("s-maxage=5", DEFAULT_SECONDS),
        ("x-max-age=5", DEFAULT_SECONDS),
        ("max-age=soon", DEFAULT_SECONDS),
        ("max-age=-1", DEFAULT_SECONDS),
        ("", DEFAULT_SECONDS),
        ("max-age=9", FLOOR_SECONDS),
        ("max-age=11", 11),
        ("max-age=3599", 3599),
        ("max-age=3601", CEILING_SECONDS),
        ("max-age=" + "9" * 400, CEILING_SECONDS),
        ("no-store", FLOOR_SECONDS),
        ("no-cache, max-age=600", FLOOR_SECONDS),
        ("max-age=600, no-cache", FLOOR_SECONDS),
        ("not-no-cache-at-all, max-age=600", 600),
    ],
)
def test_max_age_counts_within_our_bounds(control: str, seconds: int) -> None:
    """RFC 9111 §5.2.2.1; a careless header shall neither flood the issuer nor keep a withdrawn key."""
    assert lifetime_seconds({"cache-control": control}) == seconds


@pytest.mark.parametrize(
    ("age", "seconds"), [("100", 500), ("0", 600), ("9999", FLOOR_SECONDS), ("-5", 600), ("x", 600)]
)
def test_what_a_cache_used_up_is_not_ours(age: str, seconds: int) -> None:
    """RFC 9111 §4.2: freshness counts from the origin's answer."""
    assert lifetime_seconds({"cache-control": "max-age=600", "age": age}) == seconds


def test_silence_is_five_minutes() -> None:
    assert lifetime_seconds({}) == 300
