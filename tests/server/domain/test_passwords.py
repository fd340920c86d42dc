"""What a password must be (NIST SP 800-63B-4 §3.1.1)."""

import pytest

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.passwords import MAX_BYTES, MIN_NEW_CHARACTERS, check_new, normalized


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    """RFC 8265 §4.2.2: passwords are compared in NFC."""
    assert normalized("cafe\u0301") == normalized("caf\u00e9")


def test_nothing_else_is_changed() -> None:
    assert normalized(" A\u00df ") == " A\u00df "


@pytest.mark.parametrize(("password", "good"), [("a" * MAX_BYTES, True), ("a" * (MAX_BYTES + 1), False), ("", False)])
def test_a_password_has_a_bounded_length_in_bytes(password: str, good: bool) -> None:
    """Megabytes are refused before they are hashed."""
    if good:
        assert normalized(password) == password
    else:
        with pytest.raises(InvalidRequestError) as caught:
            normalized(password)
        assert caught.value.code == "bad_password"


def test_length_is_counted_in_bytes_not_characters() -> None:
    with pytest.raises(InvalidRequestError):
        normalized("\U0001f600" * (MAX_BYTES // 4 + 1))


def test_a_lone_surrogate_is_a_password_like_any_other_or_refused_but_never_an_accident() -> None:
    """JSON cannot carry one past our parser; other callers must not crash the server with it."""
    assert normalized("\ud800abc") == "\ud800abc"


@pytest.mark.parametrize(("length", "good"), [(MIN_NEW_CHARACTERS, True), (MIN_NEW_CHARACTERS - 1, False)])
def test_a_new_password_has_at_least_eight_characters(length: int, good: bool) -> None:
    if good:
        assert check_new("x" * length) == "x" * length
    else:
        with pytest.raises(InvalidRequestError) as caught:
            check_new("x" * length)
        assert caught.value.code == "password_too_short"
