"""Marks say what they can mean, and nothing else."""

import pytest

from tokensmith.jose.sd_jwt import Disclosable, Padded
from tokensmith.jose.sd_jwt.marks import has_mark


def test_a_value_is_hidden_once() -> None:
    """Whoever writes it twice means something that does not exist."""
    with pytest.raises(TypeError, match="once"):
        Disclosable(Disclosable("Ada"))


@pytest.mark.parametrize("value", ["text", 1, None, Disclosable({}), Padded([], digests=1)])
def test_only_objects_and_arrays_have_digests(value: object) -> None:
    """RFC 9901 §4.2.5."""
    with pytest.raises(TypeError, match="mapping or a list"):
        Padded(value, digests=1)


@pytest.mark.parametrize("value", [{}, [], ()])
def test_what_is_empty_can_be_padded(value: object) -> None:
    """§10.4: above all where there is nothing to hide."""
    assert Padded(value, digests=1).digests == 1


@pytest.mark.parametrize("digests", [0, -1])
def test_padding_to_nothing_is_none(digests: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Padded({}, digests=digests)


@pytest.mark.parametrize(
    ("value", "marked"),
    [
        ("text", False),
        ({"a": [1, {"b": None}]}, False),
        (Disclosable(1), True),
        (Padded([], digests=1), True),
        ({"a": [1, {"b": Disclosable(None)}]}, True),
        (("a", Padded({}, digests=1)), True),
    ],
)
def test_marks_are_found_at_any_depth(value: object, marked: bool) -> None:
    assert has_mark(value) is marked
