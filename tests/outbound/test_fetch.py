"""The rules of a fetch, before anything is connected."""

import pytest

from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.fetch import check_head

RULES = FetchRules(trusted_origin="https://id.example", max_bytes=100)


@pytest.mark.parametrize(("length", "refused"), [("100", False), ("101", True), ("9" * 5000, True), ("-1", False)])
def test_an_announced_length_over_the_cap_is_refused(length: str, refused: bool) -> None:
    """G05: before a byte of the body is read; a number no integer parser should see is cut short."""
    if refused:
        with pytest.raises(FetchError, match="100 bytes"):
            check_head(200, {"content-length": length}, RULES)
    else:
        check_head(200, {"content-length": length}, RULES)


def test_http_is_admitted_for_the_named_loopback_origin_alone() -> None:
    """A development issuer on this machine; nothing beside it."""
    local = FetchRules(trusted_origin="http://localhost:8000")

    assert local.admit("http://localhost:8000/keys").path == "/keys"
    for url in ("http://localhost:8001/keys", "http://127.0.0.1:8000/keys", "http://id.example/"):
        with pytest.raises(FetchError):
            local.admit(url)


def test_http_is_not_admitted_for_a_named_origin_elsewhere() -> None:
    """Even an operator's word does not make plain http over a network safe."""
    with pytest.raises(FetchError):
        FetchRules(trusted_origin="http://id.example").admit("http://id.example/keys")


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (302, {"location": "https://evil.test"}, "redirected"),
        (200, {"content-encoding": "gzip"}, "encoded"),
        (200, {"content-length": "101"}, "too_large"),
    ],
)
def test_a_refused_answer_says_why(status: int, headers: dict[str, str], code: str) -> None:
    """For the log; the caller does the same about all of them."""
    with pytest.raises(FetchError) as caught:
        check_head(status, headers, RULES)

    assert caught.value.code == code


@pytest.mark.parametrize(("status", "headers"), [(304, {}), (404, {}), (200, {"content-encoding": "Identity"})])
def test_other_answers_pass(status: int, headers: dict[str, str]) -> None:
    check_head(status, headers, RULES)


def test_a_refused_url_says_why() -> None:
    with pytest.raises(FetchError) as caught:
        RULES.admit("file:///etc/passwd")

    assert caught.value.code == "url_refused"


@pytest.mark.parametrize(
    ("url", "is_trusted", "origin"),
    [
        ("https://ID.example:443/keys", True, "https://id.example"),
        ("http://127.0.0.1:8000/keys", True, "http://127.0.0.1:8000"),
        ("https://id.example/keys", False, ""),
        ("com.example.app:/keys", True, ""),
    ],
)
def test_an_url_is_trusted_as_far_as_its_own_origin_or_not_at_all(url: str, is_trusted: bool, origin: str) -> None:
    """However it is written; and what is no URL to be fetched is trusted nowhere."""
    rules = FetchRules.of(url, is_trusted=is_trusted, max_bytes=7)

    assert (rules.trusted_origin, rules.max_bytes) == (origin, 7)
