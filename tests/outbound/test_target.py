"""A URL is parsed strictly, and two spellings of one origin compare equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.outbound.target import parse_target


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://id.example", "https://id.example"),
        ("https://ID.Example:443/x", "https://id.example"),
        ("https://id.example:8443/x?y=1", "https://id.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    """RFC 6454 §4: scheme, host and port, the default port left out."""
    assert parse_target(url).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "id.example",
        "file:///etc/passwd",
        "ftp://id.example/keys",
        "gopher://id.example/",
        "https://",
        "https:///keys",
        "https://user@id.example/",
        "https://id.example#@evil.example/",
        "https://id.example\\@evil.example/",
        "https://id.example/a\tb",
        "https://id.example/\r\nHost: evil.example",
        "https://id.exämple/",
        "https://id.example:99999/",
        "https://id.example:port/",
        "https://[::1/",
        "https://id.example/" + "a" * 2048,
    ],
)
def test_what_is_not_plainly_a_url_is_refused(url: str) -> None:
    """Parsers differ over such text, and a difference between the check and the connection is an opening."""
    with pytest.raises(ValueError):  # noqa: PT011  # the message is not part of the promise
        parse_target(url)


def test_path_and_query_are_kept() -> None:
    """What is asked for is what the URL said."""
    assert parse_target("https://id.example/a/b?c=d&e").path == "/a/b?c=d&e"
    assert parse_target("https://id.example?c=d").path == "/?c=d"


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://localhost/", True),
        ("http://127.0.0.1/", True),
        ("http://127.8.9.10/", True),
        ("http://[::1]/", True),
        ("http://localhost.evil.example/", False),
        ("http://127.0.0.1.evil.example/", False),
        ("http://10.0.0.1/", False),
    ],
)
def test_loopback_is_told_by_the_whole_name(url: str, is_loopback: bool) -> None:
    """A name that merely begins like this machine's is somebody else's."""
    assert parse_target(url).is_loopback is is_loopback


@given(st.text(max_size=60).map("https://".__add__))
def test_any_text_is_a_target_or_a_value_error(url: str) -> None:
    """No other exception leaves the parser."""
    try:
        target = parse_target(url)
    except ValueError:
        return

    assert target.host
