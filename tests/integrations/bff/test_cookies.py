"""Cookies as RFC 10017 §6.1.3.2 wants them."""

import pytest

from tokensmith.guard import RequestFacts
from tokensmith.integrations.bff.cookies import SESSION_COOKIE, find_cookie, set_cookie, sign_in_cookie


def test_a_cookie_has_every_protection_there_is() -> None:
    assert SESSION_COOKIE.startswith("__Host-Http-")
    assert sign_in_cookie("a").startswith("__Host-Http-")
    assert set_cookie("a", "b", seconds=60, same_site="Strict") == (
        "set-cookie",
        "a=b; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict",
    )


def test_two_sign_ins_do_not_meet() -> None:
    assert sign_in_cookie("a") != sign_in_cookie("b")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("a=1", "1"),
        ("b=2; a=1", "1"),
        ("b=2;a=1", "1"),
        ("ab=1", None),
        ("A=1", None),
        ("a=", None),
        ("a", None),
        ("", None),
        ("a=1; a=1", None),
        ("a=1; b=2; a=3", None),
    ],
)
def test_a_cookie_is_there_once(header: str, value: str | None) -> None:
    """There twice, one of them was planted, and nobody can tell which."""
    assert find_cookie(RequestFacts.from_headers({"Cookie": header}), "a") == value


def test_a_cookie_in_two_headers_is_there_twice() -> None:
    assert find_cookie(RequestFacts.from_headers([("Cookie", "a=1"), ("Cookie", "a=2")]), "a") is None
