"""Exactly one token, from the Authorization header, from a cookie that was named, and nowhere else."""

import pytest

from tokensmith.guard import (
    CrossSiteRequestError,
    GuardError,
    InvalidTokenError,
    MalformedRequestError,
    MissingTokenError,
    RequestFacts,
    TokenCookie,
)
from tokensmith.guard.credentials import MAX_TOKEN_BYTES, CookieSource, PresentedToken, find_token


def facts(*values: bytes, url: str = "https://service.test/") -> RequestFacts:
    return RequestFacts(method="GET", url=url, headers=[(b"authorization", value) for value in values])


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer", b"BEARER", b"bEaReR"])
def test_the_scheme_is_case_insensitive(scheme: bytes) -> None:
    """RFC 9110 §11.1."""
    assert find_token(facts(scheme + b" a.b.c")) == PresentedToken("a.b.c", "Bearer")


def test_several_spaces_may_follow_the_scheme() -> None:
    """RFC 6750 §2.1: "Bearer" 1*SP b64token."""
    assert find_token(facts(b"Bearer   a.b.c")).token == "a.b.c"


def test_every_character_of_token68_is_a_token() -> None:
    """RFC 9110 §11.2."""
    token = "abcXYZ019-._~+/=="

    assert find_token(facts(b"Bearer " + token.encode())).token == token


def test_no_header_is_a_missing_token() -> None:
    with pytest.raises(MissingTokenError) as caught:
        find_token(facts())

    assert (caught.value.code, caught.value.error, caught.value.status) == ("missing_token", None, 401)


@pytest.mark.parametrize("value", [b"Basic YTpi", b"DPoP a.b.c", b"Bearera.b.c", b"a.b.c", b"", b" Bearer a.b.c"])
def test_another_scheme_is_no_error_of_the_token(value: bytes) -> None:
    """RFC 6750 §3.1: an unsupported authentication method gets no error code."""
    with pytest.raises(MissingTokenError) as caught:
        find_token(facts(value))

    assert caught.value.code == "unsupported_scheme"


@pytest.mark.parametrize("scheme", [b"DPoP", b"dpop"])
def test_a_bound_token_has_a_scheme_of_its_own(scheme: bytes) -> None:
    """RFC 9449 §7.1; taken only where proofs are."""
    presented = find_token(facts(scheme + b" a.b.c"), takes_proofs=True)

    assert presented == PresentedToken("a.b.c", "DPoP")
    with pytest.raises(MissingTokenError, match="Bearer tokens only"):
        find_token(facts(scheme + b" a.b.c"))


def test_both_schemes_are_named_where_both_are_taken() -> None:
    with pytest.raises(MissingTokenError, match="Bearer and DPoP tokens only"):
        find_token(facts(b"Basic YTpi"), takes_proofs=True)


def test_two_schemes_at_once_are_a_malformed_request() -> None:
    """RFC 9449 §7.2, figure 19."""
    with pytest.raises(MalformedRequestError) as caught:
        find_token(facts(b"Bearer a.b.c", b"DPoP a.b.c"), takes_proofs=True)

    assert caught.value.code == "repeated_credentials"


def test_two_headers_are_a_malformed_request() -> None:
    """P94: RFC 6750 §3.1: repeated, so invalid_request; even where both are the same."""
    with pytest.raises(MalformedRequestError) as caught:
        find_token(facts(b"Bearer a.b.c", b"Bearer a.b.c"))

    assert (caught.value.code, caught.value.error, caught.value.status) == (
        "repeated_credentials",
        "invalid_request",
        400,
    )


@pytest.mark.parametrize(
    "value",
    [
        b"Bearer",
        b"Bearer ",
        b"Bearer a b",
        b"Bearer a,Bearer b",
        b"Bearer a, Bearer b",
        b"Bearer =a",
        b"Bearer a=b",
        b'Bearer "a.b.c"',
        b"Bearer a\x00b",
        b"Bearer \xc3\xa4",
        b"Bearer a\tb",
        b"Bearer a\r\nX: y",
    ],
)
def test_what_is_no_token68_is_refused(value: bytes) -> None:
    """RFC 9110 §11.2; two tokens joined by a comma are no token."""
    with pytest.raises(InvalidTokenError) as caught:
        find_token(facts(value))

    assert (caught.value.code, caught.value.error, caught.value.status) == ("malformed", "invalid_token", 401)


def test_the_size_cap_is_inclusive() -> None:
    """Before anything looks into the token."""
    assert len(find_token(facts(b"Bearer " + b"a" * MAX_TOKEN_BYTES)).token) == MAX_TOKEN_BYTES
    with pytest.raises(InvalidTokenError) as caught:
        find_token(facts(b"Bearer " + b"a" * (MAX_TOKEN_BYTES + 1)))

    assert caught.value.code == "too_large"


def test_a_token_in_the_query_does_not_exist() -> None:
    """P94: RFC 6750 §5.3; OAuth 2.1 takes the method away: it ends in logs and histories."""
    with pytest.raises(GuardError) as caught:
        find_token(facts(url="https://service.test/?access_token=a.b.c"))

    assert caught.value.code == "missing_token"


COOKIE = CookieSource(TokenCookie(), "https://api.test")


def in_browser(*headers: tuple[str, str], method: str = "GET") -> RequestFacts:
    return RequestFacts.from_headers(headers, method=method)


def test_a_cookie_is_looked_at_where_there_is_no_header() -> None:
    with_cookie = ("Cookie", "__Host-tokensmith-access=a.b.c")

    assert find_token(in_browser(with_cookie), source=COOKIE) == PresentedToken("a.b.c", "Bearer")
    assert find_token(in_browser(with_cookie, ("Authorization", "Bearer d.e.f")), source=COOKIE).token == "d.e.f"
    for facts, source in ((in_browser(with_cookie), None), (in_browser(("Cookie", "a=b")), COOKIE)):
        with pytest.raises(MissingTokenError) as caught:
            find_token(facts, source=source)
        assert caught.value.code == "missing_token"


@pytest.mark.parametrize(
    ("value", "code"), [("x y", "malformed"), ('"a.b.c"', "malformed"), ("a" * 16_385, "too_large")]
)
def test_a_token_in_a_cookie_is_one_token_of_no_great_length(value: str, code: str) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        find_token(in_browser(("Cookie", f"__Host-tokensmith-access={value}")), source=COOKIE)

    assert caught.value.code == code


def test_a_request_that_may_change_something_has_to_be_meant() -> None:
    with pytest.raises(CrossSiteRequestError):
        find_token(in_browser(("Cookie", "__Host-tokensmith-access=a.b.c"), method="POST"), source=COOKIE)
