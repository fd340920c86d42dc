"""What the notes service may do wrong, and which step says so."""

from tests.tour.stand_in import not_held

WRITE = "Write a note without the scope"
NO_TOKEN = "No token"
CHANGED = "One character of the token changed"
STRANGER = "The same claims, signed by a stranger"
UNSIGNED = 'A token that says it needs no signature ("alg": "none")'
EXPIRED = "An expired token"
REFUSALS = {WRITE, NO_TOKEN, CHANGED, STRANGER, UNSIGNED, EXPIRED, "A stolen refresh token", "Sign out"}


def test_a_service_that_behaves_is_found_in_order() -> None:
    """Every step holds."""
    assert not_held() == {}


def test_a_service_that_lets_everybody_in_fails_every_refusal() -> None:
    """A tour that could not tell would be no proof of anything."""
    assert not_held("everybody in") == dict.fromkeys(REFUSALS, "failed")


def test_a_service_without_challenges_fails_every_refusal() -> None:
    """RFC 6750 §3: a refusal must say how to come back."""
    assert not_held("no challenge") == dict.fromkeys(REFUSALS, "failed")


def test_a_missing_scope_is_a_403() -> None:
    """RFC 6750 §3.1: 401 would send a good client after a new token, in vain."""
    assert not_held("no 403") == {WRITE: "failed"}


def test_a_missing_scope_is_named() -> None:
    """Else nobody knows what to ask for."""
    assert not_held("scope unnamed") == {WRITE: "failed"}


def test_without_a_token_the_challenge_is_bare() -> None:
    """RFC 6750 §3.1: no error code where nothing was presented."""
    assert not_held("wordy challenge") == {NO_TOKEN: "failed"}


def test_a_service_that_does_not_look_at_signatures_is_found_out() -> None:
    """Forged tokens are let in, and what is refused for its time is let in with them."""
    assert not_held("forged in") == dict.fromkeys({CHANGED, STRANGER, EXPIRED}, "failed")


def test_a_service_that_takes_alg_none_is_found_out() -> None:
    """RFC 8725 §2.1."""
    assert not_held("unsigned in") == {UNSIGNED: "failed"}


def test_a_service_that_forgives_a_minute_is_found_out() -> None:
    """The example service runs with a leeway of 0."""
    assert not_held("expired in") == {EXPIRED: "failed"}


def test_a_token_that_lives_long_is_not_waited_for() -> None:
    """Ten minutes of waiting is no tour, and what was not shown did not hold."""
    assert not_held("long short token") == {EXPIRED: "not run"}
