"""RequestFacts from an ASGI scope."""

from typing import Any

import pytest

from tokensmith.integrations.asgi import facts_from_scope

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "scheme": "https",
    "path": "/a",
    "query_string": b"b=c",
    "headers": [(b"accept", b"*/*"), (b"host", b"api.test"), (b"authorization", b"Bearer x")],
    "server": ("10.0.0.1", 8443),
}


def test_method_url_and_headers_are_taken_as_they_are() -> None:
    facts = facts_from_scope(SCOPE)

    assert (facts.method, facts.url) == ("POST", "https://api.test/a?b=c")
    assert facts.values(b"authorization") == [b"Bearer x"]


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"query_string": b""}, "https://api.test/a"),
        ({"path": "/a/b", "raw_path": b"/a%2Fb"}, "https://api.test/a%2Fb?b=c"),
        ({"raw_path": None}, "https://api.test/a?b=c"),
        ({"headers": []}, "https://10.0.0.1:8443/a?b=c"),
        ({"headers": [], "server": ("/run/api.sock", None)}, "https:///run/api.sock/a?b=c"),
        ({"headers": [], "server": None}, "https:///a?b=c"),
    ],
)
def test_the_url_is_put_together_from_what_is_there(changes: dict[str, Any], url: str) -> None:
    assert facts_from_scope(SCOPE | changes).url == url


def test_a_websocket_has_no_method_of_its_own() -> None:
    """RFC 6455 §4.1: the handshake is a GET."""
    scope = {key: value for key, value in SCOPE.items() if key not in ("method", "scheme")}

    assert facts_from_scope(scope).method == "GET"
