"""RequestFacts keep a header sent twice as two."""

import pytest

from tokensmith.guard import RequestFacts


def test_names_are_found_whatever_their_case() -> None:
    """RFC 9110 §5.1: field names are case-insensitive."""
    facts = RequestFacts.from_headers({"AuthorizatioN": "Bearer x"})

    assert facts.values(b"authorization") == [b"Bearer x"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://service.test/a/b?c=/d", "/a/b"),
        ("https://service.test/", "/"),
        ("https://service.test", ""),
        ("wss://service.test/a%2Fb", "/a%2Fb"),
        ("https://service.test?a=/b", ""),
        ("", ""),
    ],
)
def test_the_path_is_the_urls_as_it_was_sent(url: str, path: str) -> None:
    """Escapes stay: "%2F" is another path than "/"."""
    assert RequestFacts.from_headers({}, url=url).path == path


def test_a_header_sent_twice_has_two_values() -> None:
    """A proxy may have looked at one of them and we at the other."""
    facts = RequestFacts.from_headers([("Authorization", "Bearer a"), ("authorization", "Bearer b")])

    assert facts.values(b"authorization") == [b"Bearer a", b"Bearer b"]


def test_an_absent_header_has_no_value() -> None:
    assert RequestFacts.from_headers({}, method="POST", url="https://service.test/").values(b"authorization") == []
