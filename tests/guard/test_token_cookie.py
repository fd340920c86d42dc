"""Tokens in cookies, and the requests that other sites make browsers send."""

from typing import Any

import pytest

from tests.guard.minting import access_token
from tokensmith.guard import CrossSiteRequestError, MalformedRequestError, RequestFacts, TokenCookie, csrf_value

NAME = "__Host-tokensmith-access"
OURS = "https://api.test"
APP = "https://app.test"
TOKEN = access_token()
Headers = dict[str, str] | list[tuple[str, str]]


def request(headers: Headers, *, method: str = "POST") -> RequestFacts:
    return RequestFacts.from_headers(headers, method=method, url=f"{OURS}/notes")


def is_meant(cookie: TokenCookie, headers: Headers, *, method: str = "POST") -> bool:
    try:
        cookie.check_meant(request(headers, method=method), TOKEN, own_origin=OURS)
    except CrossSiteRequestError:
        return False
    return True


@pytest.mark.parametrize(
    ("cookie", "code"),
    [(TokenCookie(), "cross_site_request"), (TokenCookie(protection="double-submit"), "csrf_header")],
)
def test_a_refusal_says_which_rule_it_was(cookie: TokenCookie, code: str) -> None:
    with pytest.raises(CrossSiteRequestError) as caught:
        cookie.check_meant(request({}), TOKEN, own_origin=OURS)

    assert (caught.value.status, caught.value.code) == (403, code)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"{NAME}=x", b"x"),
        (f"a=b; {NAME}=x", b"x"),
        (f"{NAME}=x;a=b", b"x"),
        (f"{NAME}=a=b", b"a=b"),
        (f'{NAME}="x"', b'"x"'),
        (f"{NAME.lower()}=x", None),
        (f"x{NAME}=x", None),
        (f"{NAME} =x", None),
        (f"{NAME}=", None),
        (NAME, None),
        ("", None),
    ],
)
def test_the_cookie_is_found_by_its_whole_name(header: str, found: bytes | None) -> None:
    """RFC 6265 §4.2.1."""
    assert TokenCookie().find(request({"Cookie": header})) == found


def test_headers_of_cookies_add_up() -> None:
    """RFC 9113 §8.2.3: they may come in several."""
    assert TokenCookie().find(request([("Cookie", "a=b"), ("Cookie", f"{NAME}=x")])) == b"x"


@pytest.mark.parametrize("headers", [[f"{NAME}=x; {NAME}=y"], [f"{NAME}=x", f"{NAME}=x"], [f"{NAME}=; {NAME}=y"]])
def test_a_cookie_that_is_there_twice_is_refused(headers: list[str]) -> None:
    """One of them was planted; which, nobody knows (RFC 6265 §8.6)."""
    with pytest.raises(MalformedRequestError) as caught:
        TokenCookie().find(request([("Cookie", each) for each in headers]))

    assert caught.value.code == "repeated_credentials"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_changes_nothing(method: str) -> None:
    """RFC 9110 §9.2.1."""
    assert is_meant(TokenCookie(), {"Sec-Fetch-Site": "cross-site"}, method=method)
    assert is_meant(TokenCookie(protection="double-submit"), {}, method=method)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE", "get"])
def test_every_other_method_may_change_something(method: str) -> None:
    assert not is_meant(TokenCookie(), {"Sec-Fetch-Site": "cross-site"}, method=method)
    assert not is_meant(TokenCookie(protection="double-submit"), {}, method=method)


@pytest.mark.parametrize("header", ["Upgrade", "Sec-WebSocket-Version"])
def test_a_websocket_is_no_reading(header: str) -> None:
    """RFC 6455 §10.2: a page of another site could talk as its victim; over HTTP/2 there is no Upgrade."""
    opening = {header: "websocket"}

    assert not is_meant(TokenCookie(), opening | {"Origin": "https://evil.test"}, method="GET")
    assert not is_meant(TokenCookie(), opening, method="GET")
    assert is_meant(TokenCookie(), opening | {"Origin": OURS}, method="GET")


@pytest.mark.parametrize(
    ("headers", "meant"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, False),
        ({"Sec-Fetch-Site": "Same-Origin"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Origin": OURS}, True),
        ({"Origin": OURS.upper()}, False),
        ({"Origin": f"{OURS}:443"}, False),
        ({"Origin": "http://api.test"}, False),
        ({"Origin": f"{OURS}.evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": f"{OURS}/notes"}, False),
        ({}, False),
    ],
)
def test_browsers_say_which_site_it_was(headers: dict[str, str], meant: bool) -> None:
    """Fetch Metadata §2.4; where it is not there, the Origin of Fetch §3.2, compared whole."""
    assert is_meant(TokenCookie(), headers) is meant


@pytest.mark.parametrize("name", ["Origin", "Sec-Fetch-Site"])
def test_what_is_said_twice_is_not_said(name: str) -> None:
    value = OURS if name == "Origin" else "same-origin"

    assert not is_meant(TokenCookie(), [(name, value), (name, value)])


@pytest.mark.parametrize("site", ["same-site", "cross-site", None])
def test_pages_of_other_origins_may_be_named(site: str | None) -> None:
    cookie = TokenCookie(origins={APP})
    said = {} if site is None else {"Sec-Fetch-Site": site}

    assert is_meant(cookie, said | {"Origin": APP})
    assert not is_meant(cookie, said | {"Origin": "https://other.test"})
    assert not is_meant(cookie, said)


def test_a_header_that_only_a_script_of_ours_can_write() -> None:
    """Double submit, with the name that users of flask-jwt-extended know."""
    cookie = TokenCookie(protection="double-submit")

    assert is_meant(cookie, {"X-CSRF-TOKEN": csrf_value(TOKEN)})
    for value in ("", "x", csrf_value(access_token(jti="other")), csrf_value(TOKEN)[:-1], TOKEN):
        assert not is_meant(cookie, {"X-CSRF-TOKEN": value})
    assert not is_meant(cookie, [("X-CSRF-TOKEN", csrf_value(TOKEN))] * 2)
    assert not is_meant(cookie, {"Sec-Fetch-Site": "same-origin", "Origin": OURS})


def test_a_planted_cookie_is_no_second_half() -> None:
    """What is compared is the token's own value, never a cookie that a sibling host may have set."""
    cookie = TokenCookie(protection="double-submit")

    assert not is_meant(cookie, {"X-CSRF-TOKEN": "planted", "Cookie": "csrf_access_token=planted"})


def test_the_value_does_not_give_the_token_away() -> None:
    assert csrf_value(TOKEN) not in TOKEN
    assert len(csrf_value(TOKEN)) == 43


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"protection": "none"}, ValueError),
        ({"protection": ""}, ValueError),
        ({"origins": APP}, TypeError),
        ({"origins": [f"{APP}/"]}, ValueError),
        ({"origins": [f"{APP}/a"]}, ValueError),
        ({"origins": ["app.test"]}, ValueError),
        ({"origins": ["*"]}, ValueError),
        ({"origins": [APP], "protection": "double-submit"}, ValueError),
    ],
)
def test_a_misspelt_cookie_is_refused(options: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        TokenCookie(**options)


@pytest.mark.parametrize(
    ("name", "public_url", "good"),
    [
        (NAME, OURS, True),
        ("__Host-x", OURS, True),
        ("__Secure-x", OURS, False),
        ("access_token", OURS, False),
        ("__host-x", OURS, False),
        ("access_token", "http://127.0.0.1:8001", True),
    ],
)
def test_no_other_host_can_plant_it(name: str, public_url: str, good: bool) -> None:
    """RFC 6265bis §4.1.3.2."""
    if good:
        TokenCookie(name).check_name(public_url)
    else:
        with pytest.raises(ValueError, match="__Host-"):
            TokenCookie(name).check_name(public_url)
