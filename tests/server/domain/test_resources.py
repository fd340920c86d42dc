"""What can name a resource, and what can be its scopes (RFC 8707 §2, RFC 6749 §3.3)."""

import pytest

from tokensmith.server.domain.errors import InvalidRequestError, InvalidTargetError
from tokensmith.server.domain.resources import MAX_AUDIENCE_CHARACTERS, check_audience, check_scopes


@pytest.mark.parametrize(
    "uri", ["https://api.example", "http://127.0.0.1:8001", "urn:example:notes", "https://a/b?c=d"]
)
def test_an_absolute_uri_names_a_resource(uri: str) -> None:
    assert check_audience(uri) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "notes",
        "/notes",
        "//api.example",
        "https://",
        "https://api.example#x",
        "https://api.example#",
        "https://api example",
        "https://\u00e4.example",
        "https://a/\n",
        "https://" + "a" * MAX_AUDIENCE_CHARACTERS,
    ],
)
def test_anything_else_does_not(uri: str) -> None:
    with pytest.raises(InvalidTargetError) as caught:
        check_audience(uri)

    assert caught.value.code == "invalid_target"


def test_scopes_become_a_set() -> None:
    assert check_scopes(["notes:read", "notes:write", "notes:read"]) == frozenset({"notes:read", "notes:write"})


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "a\\b", "\u00e4", "a\n"])
def test_what_is_no_scope_token_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_scopes(["notes:read", name])

    assert caught.value.code == "bad_scope"
