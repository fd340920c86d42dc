"""What the token server may do wrong with refresh tokens, and which step says so."""

import pytest

from tests.tour.stand_in import not_held

REFRESH = "Refresh"
REPEATED = "The old refresh token again, at once"
STOLEN = "A stolen refresh token"


def test_a_refresh_token_is_replaced() -> None:
    """RFC 9700 §4.14.2: a public client's refresh token is rotated."""
    assert not_held("not rotated") == {REFRESH: "failed", STOLEN: "failed"}


def test_a_repeated_request_gets_the_same_successor() -> None:
    """Two successors would be two living branches of one family."""
    assert not_held("new successor each time") == {REPEATED: "failed"}


def test_an_old_token_is_noticed() -> None:
    """RFC 9700 §4.14.2: reuse of a rotated token."""
    assert not_held("reuse unnoticed") == {STOLEN: "failed"}


def test_refusing_an_old_token_is_not_enough() -> None:
    """The thief may hold the newest one: the family has to end."""
    assert not_held("reuse only refused") == {STOLEN: "failed"}


def test_a_revoked_family_renews_nothing() -> None:
    """Neither after a theft nor after a sign-out."""
    assert not_held("revoked is renewed") == {STOLEN: "failed", "Sign out": "failed"}


def test_every_access_token_of_a_revoked_family_is_refused() -> None:
    """Not only the newest."""
    assert not_held("earlier tokens forgotten") == {STOLEN: "failed"}


def test_the_bound_of_revocation_is_kept() -> None:
    """A service that hears of it after six seconds is too late by one."""
    assert not_held("hears late") == {STOLEN: "failed", "Sign out": "failed"}


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("refresh 1, 0 back, refused", {REFRESH: "failed", REPEATED: "not run", STOLEN: "not run"}),
        ("refresh 2, 1 back, refused", {REPEATED: "failed"}),
        ("refresh 2, 0 back, refused", {STOLEN: "failed"}),
    ],
)
def test_a_refresh_that_is_refused_is_noticed(flaw: str, found: dict[str, str]) -> None:
    """The first one, the repeated one, and the one with the successor."""
    assert not_held(flaw) == found
