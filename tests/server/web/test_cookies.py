"""The two cookies of a browser's sign-in."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.server.web.requests import make_scope
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.web.cookies import clear_token_cookies, refresh_cookie, set_token_cookies

ANSWER = TokenAnswer(access_token="aaa", token_type="Bearer", expires_in=60, scope="s", refresh_token="rrr")


def test_cookies_are_bound_to_this_host_and_kept_from_scripts_and_other_sites() -> None:
    """RFC 6265bis §4.1.3.2: `__Host-` needs Secure and Path=/ and no Domain."""
    response = Response()
    set_token_cookies(response, ANSWER, refresh_seconds=99)
    access, refresh = response.headers.getlist("set-cookie")

    assert access == "__Host-tokensmith-access=aaa; HttpOnly; Max-Age=60; Path=/; SameSite=strict; Secure"
    assert refresh == "__Host-tokensmith-refresh=rrr; HttpOnly; Max-Age=99; Path=/; SameSite=strict; Secure"


def test_without_a_refresh_token_there_is_one_cookie() -> None:
    response = Response()
    set_token_cookies(
        response,
        TokenAnswer(access_token="a", token_type="Bearer", expires_in=1, scope="s", refresh_token=None),
        refresh_seconds=1,
    )

    assert len(response.headers.getlist("set-cookie")) == 1


def test_clearing_takes_both_away() -> None:
    """Max-Age=0, with the same attributes: otherwise it would be another cookie."""
    response = Response()
    clear_token_cookies(response)

    assert [cookie.partition("=")[0] for cookie in response.headers.getlist("set-cookie")] == [
        "__Host-tokensmith-access",
        "__Host-tokensmith-refresh",
    ]
    assert all("Max-Age=0; Path=/" in cookie for cookie in response.headers.getlist("set-cookie"))


@pytest.mark.parametrize(
    ("cookies", "token"),
    [
        ([], None),
        (["a=1; __Host-tokensmith-refresh=rrr; b=2"], "rrr"),
        (["a=1", "__Host-tokensmith-refresh=rrr"], "rrr"),
        (["__Host-tokensmith-refresh=rrr; __Host-tokensmith-refresh=rrr"], "rrr"),
        (["__Host-tokensmith-refresh="], None),
        (["__host-tokensmith-refresh=rrr"], None),
        (["x__Host-tokensmith-refresh=rrr"], None),
    ],
)
def test_the_refresh_cookie_is_found_among_others(cookies: list[str], token: str | None) -> None:
    """Cookie names are compared exactly; HTTP/2 splits them over several lines (RFC 9113 §8.2.3)."""
    assert refresh_cookie(Request(make_scope([("cookie", line) for line in cookies]))) == token


def test_two_refresh_cookies_are_refused() -> None:
    """One of them was planted, and nobody can tell which."""
    scope = make_scope({"cookie": "__Host-tokensmith-refresh=a; __Host-tokensmith-refresh=b"})

    with pytest.raises(InvalidRequestError) as refused:
        refresh_cookie(Request(scope))
    assert refused.value.code == "repeated_cookie"
