"""Where a code may be sent."""

import pytest

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.domain.redirect_uris import (
    check_redirect_uri,
    is_registered,
    loopback_host,
    what_differs,
)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb",
        "https://app.example",
        "https://app.example:8443/cb?x=1",
        "http://127.0.0.1/cb",
        "http://[::1]:3000/cb",
        "http://localhost:3000/cb",
        "com.example.app:/oauth2redirect",
    ],
)
def test_these_may_be_registered(uri: str) -> None:
    """RFC 8252 §7: claimed https, loopback, a scheme of one's own."""
    assert check_redirect_uri(uri) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/cb",
        "app.example/cb",
        "https://app.example/cb#fragment",
        "https://app.example/cb#",
        "https://user@app.example/cb",
        "https:///cb",
        "https://app.example:port/cb",
        "https://app.example/c b",
        "https://app.example/\u00e4",
        "https://app.example\\@evil.example",
        "http://app.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "app:/cb",
        "https://app.example/" + "x" * 2048,
    ],
)
def test_these_may_not(uri: str) -> None:
    """P08, P09: a fragment, http elsewhere, a user name, somebody else's scheme."""
    with pytest.raises(InvalidRequestError) as caught:
        check_redirect_uri(uri)

    assert caught.value.code == "bad_redirect_uri"


@pytest.mark.parametrize(
    ("sent", "registered", "same"),
    [
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example:1/cb", "https://a.example:2/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb", True),
        ("http://127.0.0.1:1/cb?x", "http://127.0.0.1/cb", False),
        ("http://127.0.0.1:1", "http://127.0.0.1", True),
        ("http://127.0.0.1:1", "http://127.0.0.1/", False),
        ("http://[::1]:1/cb", "http://127.0.0.1/cb", False),
        ("http://localhost:1/cb", "http://localhost/cb", False),
        ("http://127.0.0.1:1x/cb", "http://127.0.0.1/cb", False),
        ("https://127.0.0.1:1/cb", "https://127.0.0.1/cb", False),
        ("http://127.0.0.1:/cb", "http://127.0.0.1/cb", False),
    ],
)
def test_only_the_port_of_a_loopback_address_is_free(sent: str, registered: str, same: bool) -> None:
    """P06, P07: RFC 8252 §7.3 and no further."""
    assert is_registered(sent, (registered,)) is same
    assert not is_registered(sent, ())


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("http://127.0.0.1:80/cb", "127.0.0.1"),
        ("http://[::1]?x", "[::1]"),
        ("http://localhost", "localhost"),
        ("http://localhost.example/", None),
        ("http://127.0.0.1:80x/", None),
        ("https://127.0.0.1/", None),
    ],
)
def test_loopback_hosts_are_known(uri: str, host: str | None) -> None:
    assert loopback_host(uri) == host


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("https://a.example/cb/", "path '/cb/' differs from 'https://a.example/cb'"),
        ("http://a.example/cb", "scheme 'http' differs from 'https://a.example/cb'"),
        ("https://a.example:8443/cb", "port 8443 differs from 'https://a.example/cb'"),
        ("https://b.example/cb?x=2", "query 'x=2' differs from 'https://b.example/cb?x=1'"),
        ("https://c.example/cb#f", "host 'c.example', fragment 'f' differs from 'https://a.example/cb'"),
        ("https://A.example/cb", "another spelling of 'https://a.example/cb'"),
        ("https://[", "everything differs from 'https://a.example/cb'"),
        (None, "none was sent, and there is not exactly one to choose from"),
    ],
)
def test_the_log_says_what_differed(sent: str | None, words: str) -> None:
    """From the nearest of those registered."""
    assert what_differs(sent, ("https://a.example/cb", "https://b.example/cb?x=1")) == words


def test_where_none_is_registered_the_log_says_so() -> None:
    assert what_differs("https://a.example/", ()) == "none is registered"
