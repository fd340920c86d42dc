"""Where browsers are sent."""

import pytest

from tokensmith.server.web.redirects import see_other


@pytest.mark.parametrize(
    ("uri", "query", "location"),
    [
        ("https://a.example/cb", {"state": "a&b=ä #"}, "https://a.example/cb?state=a%26b%3D%C3%A4+%23"),
        ("https://a.example/cb?x=1", {"state": "s"}, "https://a.example/cb?x=1&state=s"),
        ("https://a.example/cb", {}, "https://a.example/cb"),
        ("https://a.example/cb?x=1", {}, "https://a.example/cb?x=1"),
    ],
)
def test_a_query_is_added_to_and_never_broken_out_of(uri: str, query: dict[str, str], location: str) -> None:
    assert see_other(uri, query).headers["location"] == location


def test_what_was_posted_is_not_posted_on_and_nothing_is_stored() -> None:
    """P20: 303, not 307."""
    response = see_other("/", {})

    assert (response.status_code, response.headers["cache-control"]) == (303, "no-store")
