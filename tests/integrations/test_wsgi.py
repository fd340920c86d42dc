"""The plain WSGI adapter: RequestFacts from an environ, and a middleware around any application."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService, with_token
from tests.integrations.cookies import CookieContract
from tests.integrations.publishing import PublishingContract
from tests.integrations.wsgi_client import sender, serving
from tokensmith.guard import Guard, InvalidTokenError, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.wsgi import AuthMiddleware, facts_from_environ, principal_of, verify

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
NEEDS = {"GET /notes": "notes:read", "POST /notes": Need("notes:write"), "GET /open-but-needing": Need()}


def notes(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    route = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    if route in NEEDS:
        verify(environ, NEEDS[route])
    principal = principal_of(environ)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"subject": principal.subject if principal else None}).encode()]


def protected(guard: Guard) -> AuthMiddleware:
    return AuthMiddleware(notes, guard=guard, public={"/open", "/open-but-needing"})


class TestWsgi(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> MakeService:
        return lambda guard: sender(protected(guard))


def test_two_headers_over_a_socket_are_refused(issuer: FakeIssuer) -> None:
    """A real server joins them; the whole way from the wire to the answer."""
    header = with_token(issuer.token(scope="notes:read"))
    with serving(protected(issuer.guard())) as send:
        assert send("GET", "/notes", header).status == 200
        assert send("GET", "/notes", [*header, *header]).status == 401
        assert send("GET", "/open", [("Authorization", "Basic YTpi"), *header]).status == 401


def test_method_url_and_headers_are_taken() -> None:
    facts = facts_from_environ(ENVIRON)

    assert (facts.method, facts.url) == ("GET", "https://api.test/app/notes?a=b")
    assert facts.values(b"x-request-id") == [b"7"]


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"REQUEST_URI": "/app/a%2Fb?c"}, "https://api.test/app/a%2Fb?c"),
        ({"RAW_URI": "/app/a%2fb"}, "https://api.test/app/a%2fb"),
        ({"REQUEST_URI": "http://evil.test/x"}, "https://api.test/app/notes?a=b"),
        ({"PATH_INFO": "/@a:b;c=(d)", "QUERY_STRING": ""}, "https://api.test/app/@a:b;c=(d)"),
        ({"PATH_INFO": "/\u00c3\u00bc d", "QUERY_STRING": ""}, "https://api.test/app/%C3%BC%20d"),
        ({"PATH_INFO": "", "SCRIPT_NAME": "", "QUERY_STRING": ""}, "https://api.test/"),
        ({"HTTP_HOST": ""}, "https://10.0.0.1:443/app/notes?a=b"),
    ],
)
def test_the_url_is_what_was_sent_as_far_as_the_server_tells(changes: dict[str, str], url: str) -> None:
    """A proof of possession names it (RFC 9449 §4.3), and escapes that were undone cannot be compared."""
    assert facts_from_environ(ENVIRON | changes).url == url


def test_a_header_that_no_server_hands_over_does_not_break_anything() -> None:
    """WSGI has bytes in Latin-1; a test client may forget."""
    assert facts_from_environ(ENVIRON | {"HTTP_AUTHORIZATION": "Bearer €"}).values(b"authorization") == [b"Bearer ?"]


def test_a_synchronous_service_authenticates_with_them(issuer: FakeIssuer) -> None:
    environ = ENVIRON | {"HTTP_AUTHORIZATION": issuer.headers(sub="ada")["Authorization"]}

    assert issuer.guard().authenticate_sync(facts_from_environ(environ)).subject == "ada"


def test_two_tokens_that_a_server_joined_are_none(issuer: FakeIssuer) -> None:
    """PEP 3333 leaves one value per name; servers join with a comma."""
    header = issuer.headers()["Authorization"]
    with pytest.raises(InvalidTokenError):
        issuer.guard().authenticate_sync(facts_from_environ(ENVIRON | {"HTTP_AUTHORIZATION": f"{header},{header}"}))


@pytest.mark.parametrize("path", ["/open/", "/open/closed", "/opened", "/OPEN", "//open", "/none", "/open%2f"])
def test_a_public_path_is_compared_whole(issuer: FakeIssuer, path: str) -> None:
    """A prefix or a pattern would open "/open-secrets" as well."""
    assert sender(protected(issuer.guard()))("GET", path, []).status == 401


def test_one_string_is_no_collection_of_paths(issuer: FakeIssuer) -> None:
    with pytest.raises(TypeError, match="collection"):
        AuthMiddleware(notes, guard=issuer.guard(), public="/open")


def test_nobody_fails_a_need_on_a_public_path(issuer: FakeIssuer) -> None:
    send = sender(protected(issuer.guard()))

    assert send("GET", "/open-but-needing", []).status == 401
    assert send("GET", "/open-but-needing", with_token(issuer.token())).status == 200


@pytest.mark.parametrize("ask", [principal_of, verify])
def test_without_the_middleware_nobody_is_known(ask: Any) -> None:
    """A mistake, and no pass."""
    with pytest.raises(RuntimeError, match="AuthMiddleware"):
        ask(ENVIRON)


def test_no_header_makes_a_caller(issuer: FakeIssuer) -> None:
    """What the middleware leaves for the application is nothing that a client can send."""
    answer = sender(protected(issuer.guard()))("GET", "/open", [("tokensmith.principal", "ada")])

    assert answer.json == {"subject": None}


def test_a_refusal_after_the_answer_began_is_not_sent_on_top(issuer: FakeIssuer) -> None:
    """Two answers to one request would be taken for an answer to the next."""

    def breaks_off(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        raise InvalidTokenError("Of somebody else's making.", code="malformed")

    app = AuthMiddleware(breaks_off, guard=issuer.guard())
    with pytest.raises(InvalidTokenError, match="somebody else"):
        Client(app).get("/", headers=issuer.headers())
