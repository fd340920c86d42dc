"""What may be known of a person."""

import pytest

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.profiles import MAX_CHARACTERS, changed_profile


def test_members_are_set_and_taken_away() -> None:
    """Each has its type (Core §5.1, §5.1.1); what is not named stays, but for the time of the last change."""
    before = {"given_name": "Ada", "nickname": "A", "updated_at": 1000}
    given = {"email": "ada@example.org", "email_verified": "true", "nickname": "", "address": "London"}

    assert changed_profile(before, given, now=1001) == {
        "given_name": "Ada",
        "email": "ada@example.org",
        "email_verified": True,
        "address": {"formatted": "London"},
        "updated_at": 1001,
    }
    assert before == {"given_name": "Ada", "nickname": "A", "updated_at": 1000}


@pytest.mark.parametrize(
    "given",
    [
        {"sub": "x"},
        {"preferred_username": "grace"},
        {"updated_at": "1000"},
        {"unheard_of": "x"},
        {"email_verified": "yes"},
        {"name": "n" * (MAX_CHARACTERS + 1)},
    ],
)
def test_everything_else_is_refused(given: dict[str, str]) -> None:
    """Above all what would make one person another."""
    with pytest.raises(InvalidRequestError) as caught:
        changed_profile({}, given, now=1001)

    assert caught.value.code == "bad_profile"
