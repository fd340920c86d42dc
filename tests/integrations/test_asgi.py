"""The plain ASGI adapter: RequestFacts from a scope, and a middleware around any application."""

import asyncio
import json
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from tests.integrations.asgi_client import sender
from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService
from tests.integrations.cookies import CookieContract
from tests.integrations.publishing import PublishingContract
from tokensmith.guard import Guard, InsufficientScopeError, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.asgi import (
    AuthMiddleware,
    Receive,
    Scope,
    Send,
    facts_from_scope,
    principal_of,
    verify,
)

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


NEEDS = {"GET /notes": "notes:read", "POST /notes": Need("notes:write"), "GET /open-but-needing": Need()}


async def notes(scope: Scope, receive: Receive, send: Send) -> None:
    """An application without a framework."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": verify(scope).subject})
        await send({"type": "websocket.close"})
        return
    route = f"{scope['method']} {scope['path']}"
    if route in NEEDS:
        verify(scope, NEEDS[route])
    principal = principal_of(scope)
    body = json.dumps({"subject": principal.subject if principal else None}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def protected(guard: Guard) -> AuthMiddleware:
    return AuthMiddleware(notes, guard=guard, public={"/open", "/open-but-needing"})


def client_of(app: Any) -> TestClient:
    return TestClient(app)


class TestAsgi(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> MakeService:
        return lambda guard: sender(client_of(protected(guard)))


def test_a_websocket_is_refused_before_it_is_accepted(issuer: FakeIssuer) -> None:
    client = client_of(protected(issuer.guard()))

    with client.websocket_connect("/listen", headers=issuer.headers(sub="ada")) as socket:
        assert socket.receive_text() == "ada"
    for headers in ({}, issuer.headers(flaw="expired")):
        with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/listen", headers=headers):
            pass
        assert denied.value.status_code == 401


def test_a_public_path_may_still_ask(issuer: FakeIssuer) -> None:
    client = client_of(protected(issuer.guard()))

    assert client.get("/open-but-needing").status_code == 401
    assert client.get("/open-but-needing", headers=issuer.headers()).status_code == 200


def test_public_paths_are_compared_whole(issuer: FakeIssuer) -> None:
    """What Litestar's own `exclude` gets wrong: no pattern opens a neighbour."""
    client = client_of(protected(issuer.guard()))

    for path in ("/open/", "/open/more", "/openly", "/x/open"):
        assert client.get(path).status_code == 401


def test_a_refusal_in_the_middle_of_an_answer_is_not_a_second_one(issuer: FakeIssuer) -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        verify(scope, "notes:admin")

    client = client_of(AuthMiddleware(late, guard=issuer.guard()))
    with pytest.raises(InsufficientScopeError):
        client.get("/", headers=issuer.headers())


def test_the_server_may_start_and_stop_the_application(issuer: FakeIssuer) -> None:
    """ASGI's lifespan is no request."""
    seen: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(AuthMiddleware(application, guard=issuer.guard())({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


def test_nobody_is_taken_for_checked_without_the_middleware() -> None:
    with pytest.raises(RuntimeError, match="AuthMiddleware"):
        verify(SCOPE)


def test_one_text_is_no_collection_of_paths(issuer: FakeIssuer) -> None:
    with pytest.raises(TypeError):
        AuthMiddleware(notes, guard=issuer.guard(), public="/open")
