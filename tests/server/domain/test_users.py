"""Names of people and the one form in which they are compared (RFC 8265 §3.3)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.users import MAX_NAME_CHARACTERS, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ada"),
        ("ADA", "ada"),
        ("A\u0308da", "\u00e4da"),
        ("\uff21da", "ada"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_spellings_of_one_name_are_one_person(one: str, other: str) -> None:
    """Case, width and composed or decomposed accents make no second account."""
    assert name_key(one) == name_key(other)


def test_different_names_stay_different() -> None:
    assert name_key("ada") != name_key("ada.l")


@pytest.mark.parametrize(
    "name", ["ada lovelace", " ada", "ada\n", "a\0b", "a\u200bb", "a\u202eb", "a/b", "", "a\u2028"]
)
def test_characters_that_hide_or_divide_are_refused(name: str) -> None:
    """Invisible and direction-changing characters make one name look like another."""
    with pytest.raises(InvalidRequestError) as caught:
        name_key(name)

    assert caught.value.code == "bad_user_name"


@pytest.mark.parametrize(("length", "good"), [(1, True), (MAX_NAME_CHARACTERS, True), (MAX_NAME_CHARACTERS + 1, False)])
def test_a_name_has_a_bounded_length(length: int, good: bool) -> None:
    if good:
        assert name_key("a" * length) == "a" * length
    else:
        with pytest.raises(InvalidRequestError, match="1 to 128"):
            name_key("a" * length)


@given(st.text(max_size=40))
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    """One name, one key, however often it is folded."""
    with suppress(InvalidRequestError):
        folded = name_key(name)

        assert name_key(folded) == folded
