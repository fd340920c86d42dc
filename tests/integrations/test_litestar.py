"""The Litestar adapter, against the real Litestar: the contract, layers of guards, WebSockets, the OpenAPI document."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from litestar import Litestar, Request, Router, WebSocket, asgi, get, post, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.openapi.config import OpenAPIConfig
from litestar.response.base import ASGIResponse
from litestar.testing import TestClient
from litestar.types import Receive, Scope
from litestar.types import Send as ASGISend

from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, Headers, MakeService, Reply, Send
from tests.integrations.cookies import CookieContract
from tests.integrations.publishing import PublishingContract
from tokensmith.guard import Guard, Need, Principal
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.litestar import AuthPlugin, Requires


def subject(request: Request[Any, Any, Any]) -> dict[str, str | None]:
    assert request.user is request.auth
    return {"subject": request.user.subject if request.user else None}


@get("/notes", guards=[Requires("notes:read")])
async def read_notes(request: Request[Principal, Principal, Any]) -> dict[str, str | None]:
    return subject(request)


@post("/notes", guards=[Requires(Need("notes:write"))], status_code=200)
async def write_notes(request: Request[Principal, Principal, Any]) -> dict[str, str | None]:
    return subject(request)


@get("/me")
async def me(request: Request[Principal, Principal, Any]) -> dict[str, str | None]:
    return subject(request)


@get("/open", opt={"public": True})
async def anybody(request: Request[Any, Any, Any]) -> dict[str, str | None]:
    return subject(request)


@get("/ask")
async def ask(request: Request[Principal, Principal, Any]) -> str:
    Need("deep").check(request.user)
    return "x"


@websocket("/listen", guards=[Requires("notes:read")])
async def listen(socket: WebSocket[Principal, Principal, Any]) -> None:
    await socket.accept()
    await socket.send_text(socket.user.subject)
    await socket.close()


def litestar(handlers: list[Any], **options: Any) -> Litestar:
    """An application that leaves the logging of the whole process as it is, which by default it does not."""
    return Litestar(handlers, logging_config=None, **options)


def application(guard: Guard, **options: Any) -> Litestar:
    handlers = [read_notes, write_notes, me, anybody, ask, listen]
    return litestar(handlers, plugins=[AuthPlugin(guard, **options)], openapi_config=OpenAPIConfig("Notes", "1"))


class TestLitestar(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> Iterator[MakeService]:
        with ExitStack() as stack:
            yield lambda guard: sender(stack.enter_context(TestClient(application(guard))))


def sender(client: TestClient[Litestar]) -> Send:
    def send(method: str, path: str, headers: Headers) -> Reply:
        answer = client.request(method, path, headers=list(headers))  # type: ignore[arg-type]
        return Reply(answer.status_code, dict(answer.headers), answer.content)

    return send


def test_guards_of_all_layers_add_up(issuer: FakeIssuer) -> None:
    router = Router("/deep", route_handlers=[read_notes], guards=[Requires("deep")])
    app = litestar([router], plugins=[AuthPlugin(issuer.guard())])
    with TestClient(app) as client:
        for scope, status in [("deep", 403), ("notes:read", 403), ("deep notes:read", 200)]:
            assert client.get("/deep/notes", headers=issuer.headers(scope=scope)).status_code == status


@pytest.mark.parametrize("path", ["/open/", "/OPEN", "/openx", "/x/open"])
def test_no_pattern_opens_a_neighbour(issuer: FakeIssuer, path: str) -> None:
    """Litestar's own `exclude` is a pattern that is searched for: "/health" opens "/healthz-private"."""

    @get(["/OPEN", "/openx", "/x/open"])
    async def closed() -> str:
        return "x"

    app = litestar([closed, anybody], plugins=[AuthPlugin(issuer.guard(), public={"/open"})])
    with TestClient(app) as client:
        # A slash at the end is Litestar's other spelling of the same path.
        assert client.get(path).status_code == (200 if path == "/open/" else 401)


@pytest.mark.parametrize("is_mount", [False, True])
def test_what_is_mounted_is_closed_as_well(issuer: FakeIssuer, is_mount: bool) -> None:
    """An application of its own in there knows nothing of guards."""

    @asgi("/other", is_mount=is_mount, copy_scope=True)
    async def other(scope: Scope, receive: Receive, send: ASGISend) -> None:
        await ASGIResponse(body=b"x")(scope, receive, send)

    with TestClient(litestar([other], plugins=[AuthPlugin(issuer.guard())])) as client:
        assert client.get("/other").status_code == 401
        assert client.get("/other", headers=issuer.headers()).status_code == 200


def test_a_public_route_that_needs_something_is_not_for_nobody(issuer: FakeIssuer) -> None:
    @get("/", opt={"public": True}, guards=[Requires("a")])
    async def view() -> str:
        return "x"

    with TestClient(litestar([view], plugins=[AuthPlugin(issuer.guard())])) as client:
        assert client.get("/").status_code == 401
        assert client.get("/", headers=issuer.headers(scope="a")).status_code == 200


@pytest.mark.parametrize("value", [1, "yes", False])
def test_only_true_opens_a_handler(issuer: FakeIssuer, value: object) -> None:
    @get("/", opt={"public": value})
    async def view() -> str:
        return "x"

    with TestClient(litestar([view], plugins=[AuthPlugin(issuer.guard())])) as client:
        assert client.get("/").status_code == 401


def test_the_document_is_closed_unless_its_path_is_public(issuer: FakeIssuer) -> None:
    with TestClient(application(issuer.guard())) as client:
        assert client.get("/schema/openapi.json").status_code == 401
    with TestClient(application(issuer.guard(), public={"/schema/openapi.json"})) as client:
        document = client.get("/schema/openapi.json").json()

    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    assert document["security"] == [{"Bearer": []}]


def test_applications_share_no_document(issuer: FakeIssuer) -> None:
    """Litestar's default configuration is one object for all."""
    document: Any = None
    for name in ("One", "Two"):
        plugin = AuthPlugin(issuer.guard(), public={"/schema/openapi.json"}, scheme_name=name)
        with TestClient(litestar([me], plugins=[plugin])) as client:
            document = client.get("/schema/openapi.json").json()

    assert document["components"]["securitySchemes"].keys() == {"Two"}


def test_a_websocket_gets_in_with_a_token_and_is_refused_without(issuer: FakeIssuer) -> None:
    with TestClient(application(issuer.guard())) as client:
        headers = issuer.headers(sub="ada", scope="notes:read")
        with client.websocket_connect("/listen", headers=headers) as socket:
            assert socket.receive_text() == "ada"
        for wrong in ({}, issuer.headers()):
            with pytest.raises(WebSocketDisconnect) as caught, client.websocket_connect("/listen", headers=wrong):
                pass
            assert caught.value.code == 1008


def test_a_handler_may_ask_for_more(issuer: FakeIssuer) -> None:
    with TestClient(application(issuer.guard())) as client:
        answer = client.get("/ask", headers=issuer.headers())

    assert answer.status_code == 403
    assert 'scope="deep"' in answer.headers["www-authenticate"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] == "insufficient_scope"


def test_a_guard_without_the_plugin_lets_nobody_in(issuer: FakeIssuer) -> None:
    """A mistake, and no pass: a token that nobody has looked at proves nothing."""

    @get("/", guards=[Requires("notes:read")])
    async def view() -> str:
        return "x"

    with TestClient(litestar([view])) as client:
        assert client.get("/", headers=issuer.headers(scope="notes:read")).status_code == 500


def test_public_paths_are_a_collection(issuer: FakeIssuer) -> None:
    with pytest.raises(TypeError, match="collection"):
        AuthPlugin(issuer.guard(), public="/open")
