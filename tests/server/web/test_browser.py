"""The cookies of a browser, and the token of its forms."""

from dataclasses import replace

import pytest
from starlette.responses import Response

from tests.server.web.requests import make_request
from tokensmith.server.domain.errors import ForbiddenOriginError, InvalidRequestError
from tokensmith.server.web.browser import Browser, BrowserCookies
from tokensmith.server.web.parameters import parse_form

SECURE, PLAIN = BrowserCookies(https=True), BrowserCookies(https=False)
A, B = "a" * 43, "b" * 43
BROWSER = Browser(secret=A, session=None, is_new=False)


def test_a_new_browser_gets_a_secret() -> None:
    first, second = SECURE.read(make_request()), SECURE.read(make_request())

    assert first.is_new
    assert len(first.secret) == 43
    assert first.secret != second.secret
    assert first.session is None


def test_a_known_one_is_known_again() -> None:
    cookie = f"other=x; __Host-tokensmith-browser={A}; __Host-tokensmith-session={B}"
    browser = SECURE.read(make_request({"cookie": cookie}))

    assert (browser.secret, browser.session, browser.is_new) == (A, B, False)


@pytest.mark.parametrize("value", ["", "short", "a" * 44, "a" * 42 + "\u00e4", "a" * 42 + "="])
def test_a_value_that_is_no_secret_is_nothing(value: str) -> None:
    assert SECURE.read(make_request({"cookie": f"__Host-tokensmith-browser={value}"})).is_new


def test_cookies_of_the_other_name_are_not_ours() -> None:
    """Without the prefix, a sibling host could have planted them."""
    cookie = f"tokensmith-session={A}; tokensmith-browser={A}"

    assert SECURE.read(make_request({"cookie": cookie})).session is None
    assert PLAIN.read(make_request({"cookie": cookie})).session == A


def test_a_cookie_that_comes_twice_was_planted() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        PLAIN.read(make_request([("cookie", f"tokensmith-session={A}"), ("cookie", f"tokensmith-session={B}")]))
    assert caught.value.code == "repeated_cookie"
    twice = [("cookie", f"tokensmith-session={A}"), ("cookie", f"tokensmith-session={A}")]
    assert PLAIN.read(make_request(twice)).session == A
    of_others = f"theirs={A}; theirs={B}; tokensmith-session={A}"
    assert PLAIN.read(make_request({"cookie": of_others})).session == A


def test_only_a_new_browser_is_given_its_secret() -> None:
    response = Response()
    SECURE.give(response, BROWSER)
    assert "set-cookie" not in response.headers
    SECURE.give(response, replace(BROWSER, is_new=True))
    assert response.headers["set-cookie"].startswith(f"__Host-tokensmith-browser={A}; HttpOnly")


def test_signing_out_takes_the_cookie_away() -> None:
    response = Response()
    PLAIN.sign_out(response)

    assert response.headers["set-cookie"].startswith("tokensmith-session=")
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert "Secure" not in response.headers["set-cookie"]


def test_form_tokens_are_of_one_browser_and_one_sign_in() -> None:
    tokens = {
        BROWSER.form_token,
        replace(BROWSER, secret=B).form_token,
        replace(BROWSER, session=A).form_token,
        replace(BROWSER, session=B).form_token,
    }

    assert len(tokens) == 4
    assert BROWSER.form_token == replace(BROWSER, is_new=True).form_token
    assert repr(BROWSER) == "<Browser>"


def test_a_form_needs_its_token_and_our_origin() -> None:
    good = parse_form(f"form_token={BROWSER.form_token}".encode())
    BROWSER.check_form(make_request(), good, origin="https://id.example")
    with pytest.raises(ForbiddenOriginError) as caught:
        BROWSER.check_form(make_request(), parse_form(b"form_token=x"), origin="https://id.example")
    assert caught.value.code == "form_token"
    with pytest.raises(ForbiddenOriginError) as caught:
        BROWSER.check_form(make_request({"origin": "https://evil.example"}), good, origin="https://id.example")
    assert caught.value.code == "forbidden_origin"
