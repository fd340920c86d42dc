"""The codes that people type."""

import pytest

from tokensmith.server.domain.device_requests import ALPHABET, new_user_code, normal_user_code, shown_user_code


def test_codes_are_short_and_say_nothing() -> None:
    """RFC 8628 §6.1: no vowels, 34 bits."""
    codes = {new_user_code() for _ in range(100)}

    assert len(codes) == 100
    assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)
    assert not set(ALPHABET) & set("AEIOUY01O")


@pytest.mark.parametrize("typed", ["WDJBMJHT", "wdjb-mjht", " WDJB MJHT ", "w.d.j.b_mjht"])
def test_it_does_not_matter_how_they_are_typed(typed: str) -> None:
    assert normal_user_code(typed) == "WDJBMJHT"
    assert shown_user_code("WDJBMJHT") == "WDJB-MJHT"


@pytest.mark.parametrize("typed", ["", "WDJBMJH", "WDJBMJHTT", "WDJBMJHA", "WDJBMJH1", "\u0130" * 8, "W" * 10_000])
def test_what_cannot_be_one_is_none(typed: str) -> None:
    assert normal_user_code(typed) is None
