"""RequestFacts from a WSGI environ."""

import pytest

from tokensmith.guard import InvalidTokenError
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.wsgi import facts_from_environ

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "wsgi.url_scheme": "https",
    "HTTP_HOST": "api.test",
    "SCRIPT_NAME": "/app",
    "PATH_INFO": "/notes",
    "QUERY_STRING": "a=b",
    "SERVER_NAME": "10.0.0.1",
    "SERVER_PORT": "443",
    "CONTENT_TYPE": "text/plain",
    "HTTP_X_REQUEST_ID": "7",
}


def test_method_url_and_headers_are_taken() -> None:
    facts = facts_from_environ(ENVIRON)

    assert (facts.method, facts.url) == ("GET", "https://api.test/app/notes?a=b")
    assert facts.values(b"x-request-id") == [b"7"]


def test_a_synchronous_service_authenticates_with_them() -> None:
    issuer = FakeIssuer()
    environ = ENVIRON | {"HTTP_AUTHORIZATION": issuer.headers(sub="ada")["Authorization"]}

    assert issuer.guard().authenticate_sync(facts_from_environ(environ)).subject == "ada"


def test_two_tokens_that_a_server_joined_are_none() -> None:
    """PEP 3333 leaves one value per name; servers join with a comma."""
    issuer = FakeIssuer()
    header = issuer.headers()["Authorization"]
    with pytest.raises(InvalidTokenError):
        issuer.guard().authenticate_sync(facts_from_environ(ENVIRON | {"HTTP_AUTHORIZATION": f"{header},{header}"}))
