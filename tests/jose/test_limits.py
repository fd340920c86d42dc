"""Ceilings are checked when they are set."""

from dataclasses import fields

import pytest

from tokensmith.jose.limits import DEFAULT_LIMITS, Limits


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_a_ceiling_below_one_is_no_ceiling(name: str) -> None:
    """Zero would refuse everything, and a negative number nothing in some comparisons."""
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})

    assert getattr(Limits(**{name: 1}), name) == 1


def test_depth_stays_within_what_python_can_walk() -> None:
    """Values are walked by recursion."""
    assert Limits(max_json_depth=200).max_json_depth == 200
    with pytest.raises(ValueError, match="max_json_depth"):
        Limits(max_json_depth=201)


def test_the_defaults_are_what_they_say() -> None:
    """The sizes that the guides name; a change of one is a change for users."""
    assert (
        Limits(
            max_token_bytes=65_536,
            max_header_bytes=16_384,
            max_key_id_chars=512,
            max_signatures=16,
            max_json_depth=32,
            max_json_members=1000,
            max_disclosures=256,
        )
        == DEFAULT_LIMITS
    )


def test_limits_are_frozen() -> None:
    """A shared default that somebody raises would be raised for all."""
    with pytest.raises(AttributeError):
        Limits().max_token_bytes = 10  # type: ignore[misc]
