"""What signing in and out may do wrong, and which step says so."""

import pytest

from tests.tour.stand_in import not_held, outcomes

LOOK = "What the access token says"
BY_HAND = "Verified by hand"


def test_tokens_are_not_to_be_cached() -> None:
    """RFC 6749 §5.1: Cache-Control: no-store."""
    assert not_held("cached") == {"Sign in": "failed"}


@pytest.mark.parametrize("flaw", ["other audience", "other type"])
def test_a_token_for_somebody_else_is_noticed(flaw: str) -> None:
    """RFC 9068 §2: typ at+jwt, and an audience that is the service's; looked at, and verified by hand."""
    found = not_held(flaw)

    assert (found[LOOK], found["Read the notes"], found[BY_HAND]) == ("failed", "failed", "failed")


@pytest.mark.parametrize("flaw", ["no sign-in", "no access token"])
def test_without_a_sign_in_only_what_needs_no_token_is_shown(flaw: str) -> None:
    """A step that fails hides those that depend on it, and no other."""
    found = outcomes(flaw)

    assert [title for title, outcome in found.items() if outcome == "held"] == ["No token", "An expired token"]
    assert [title for title, outcome in found.items() if outcome == "failed"] == ["Sign in", "Sign in again"]


def test_a_sign_out_that_fails_is_noticed() -> None:
    """And the steps after it are shown all the same."""
    assert not_held("no sign-out") == {"Sign out": "failed"}
