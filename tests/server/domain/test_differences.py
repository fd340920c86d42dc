"""What differs, member by member."""

from tokensmith.server.domain.differences import MemberDifference, difference


def test_only_what_differs_is_named() -> None:
    """In the order of what is to be, then what goes."""
    found = difference("[t]", {"a": 1, "b": 2, "gone": 3}, {"new": 4, "b": 5, "a": 1}, is_new=False)

    assert found is not None
    assert (found.table, found.is_new) == ("[t]", False)
    assert found.members == (
        MemberDifference(member="new", before=None, after=4),
        MemberDifference(member="b", before=2, after=5),
        MemberDifference(member="gone", before=3, after=None),
    )


def test_what_has_no_value_is_as_good_as_missing() -> None:
    assert difference("[t]", {"a": None}, {"b": None}, is_new=False) is None


def test_what_is_new_is_a_difference_even_with_nothing_to_say() -> None:
    found = difference("[t]", {"a": 1}, {"a": 1}, is_new=True)

    assert found is not None
    assert found.members == ()
