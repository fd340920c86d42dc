"""What comes from a browser, and what it is shown."""

import pytest

from tokensmith.guard import RequestFacts
from tokensmith.integrations.bff import BffError
from tokensmith.integrations.bff.browser import local_path, page, query_of


def query(text: str) -> dict[str, str]:
    return dict(query_of(RequestFacts.from_headers({}, url=f"https://app.example/bff/callback{text}")))


def test_a_query_is_read() -> None:
    assert query("") == query("?") == {}
    assert query("?a=1&b=%20%26&c=") == {"a": "1", "b": " &", "c": ""}


@pytest.mark.parametrize("text", ["?a=1&a=1", "?a=1&b=2&%61=3", f"?a={'x' * 8191}"])
def test_a_query_that_is_not_one_is_refused(text: str) -> None:
    """Two codes, or two states: which one is meant?"""
    with pytest.raises(BffError) as caught:
        query(text)
    assert (caught.value.code, caught.value.answer.status) == ("malformed_query", 400)


@pytest.mark.parametrize("path", ["/", "/notes", "/notes?a=b&c=//d", "/a%20b#c"])
def test_a_path_of_our_own_is_gone_back_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "notes", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/a\nb", "/é", "/a b"],
)
def test_anywhere_else_nobody_is_sent(path: str) -> None:
    """P21: no open redirect."""
    assert local_path(path) == "/"


def test_a_page_shows_nothing_that_runs() -> None:
    made = page(200, "Done.", '/a?"><script>', ("set-cookie", "a=b"), refresh=True)
    headers = dict(made.headers)

    assert b"<script>" not in made.body
    assert b'content="0;url=/a?&quot;&gt;&lt;script&gt;"' in made.body
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["set-cookie"], headers["cache-control"]) == ("a=b", "no-store")
    assert b"refresh" not in page(400, "No.", "/").body
