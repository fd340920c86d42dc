"""The Starlette adapter, against the real Starlette."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires as starlettes_own_requires
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.integrations.asgi_client import sender
from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService
from tests.integrations.cookies import CookieContract
from tests.integrations.publishing import PUBLIC_URL, WELL_KNOWN, PublishingContract, publishing_guard
from tokensmith.guard import Guard, InvalidTokenError, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.starlette import AuthMiddleware, metadata_route, requires


def subject(request: Request) -> JSONResponse:
    return JSONResponse({"subject": request.user.principal.subject if request.user.is_authenticated else None})


@requires("notes:read")
async def read_notes(request: Request) -> JSONResponse:
    return subject(request)


class Notes(HTTPEndpoint):
    @requires("notes:write")
    def post(self, request: Request) -> JSONResponse:
        return subject(request)


async def me(request: Request) -> JSONResponse:
    return subject(request)


@starlettes_own_requires("notes:read")
async def by_starlette(request: Request) -> JSONResponse:
    return JSONResponse({"name": request.user.display_name, "id": request.user.identity, "scopes": request.auth.scopes})


@requires("notes:read")
async def listen(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.user.principal.subject)
    await websocket.close()


async def breaks_off(request: Request) -> StreamingResponse:
    async def pieces() -> Any:
        yield b"begun"
        raise InvalidTokenError("Of somebody else's making.", code="malformed")

    return StreamingResponse(pieces())


@requires()
async def without_request() -> PlainTextResponse:
    return PlainTextResponse("never")


def application(guard: Guard) -> Starlette:
    return Starlette(
        routes=[
            Route("/notes", read_notes, methods=["GET"]),
            Route("/notes", Notes),
            Route("/me", me),
            Route("/open", me),
            Route("/open/closed", requires("a")(me)),
            Route("/open-but-needing", requires()(me)),
            Route("/starlette", by_starlette),
            Route("/breaks-off", breaks_off),
            WebSocketRoute("/listen", listen),
        ],
        middleware=[Middleware(AuthMiddleware, guard=guard, public={"/open", "/open-but-needing"})],
    )


@pytest.fixture
def client(issuer: FakeIssuer) -> Iterator[TestClient]:
    with TestClient(application(issuer.guard())) as client:
        yield client


class TestStarlette(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> MakeService:
        return lambda guard: sender(TestClient(application(guard)))


def test_starlettes_own_names_are_filled(client: TestClient, issuer: FakeIssuer) -> None:
    """`request.user`, `request.auth` and Starlette's `@requires` work as they did."""
    answer = client.get("/starlette", headers=issuer.headers(sub="ada", scope="notes:read b"))

    assert answer.json() == {"name": "ada", "id": "ada", "scopes": ["b", "notes:read"]}
    assert client.get("/starlette", headers=issuer.headers()).status_code == 403


@pytest.mark.parametrize("path", ["/open/", "/open/closed", "/opened", "/OPEN", "//open", "/x/../open2", "/none"])
def test_a_public_path_is_compared_whole(client: TestClient, path: str) -> None:
    """A prefix or a pattern would open "/open-secrets" as well."""
    assert client.get(path, follow_redirects=False).status_code == 401


def test_one_string_is_no_collection_of_paths(issuer: FakeIssuer) -> None:
    with pytest.raises(TypeError, match="collection"):
        AuthMiddleware(application(issuer.guard()), guard=issuer.guard(), public="/open")


def test_nobody_fails_a_need_on_a_public_path(client: TestClient, issuer: FakeIssuer) -> None:
    assert client.get("/open-but-needing").status_code == 401
    assert client.get("/open-but-needing", headers=issuer.headers()).status_code == 200


def test_a_websocket_gets_in_with_a_token(client: TestClient, issuer: FakeIssuer) -> None:
    with client.websocket_connect("/listen", headers=issuer.headers(sub="ada", scope="notes:read")) as websocket:
        assert websocket.receive_text() == "ada"


@pytest.mark.parametrize(("scope", "status"), [("", 403), (None, 401)])
def test_a_websocket_is_refused_with_a_status(
    client: TestClient, issuer: FakeIssuer, scope: str | None, status: int
) -> None:
    """Before it is accepted, so that the client learns why."""
    headers = {} if scope is None else issuer.headers(scope=scope)
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect("/listen", headers=headers):
        pass

    assert caught.value.status_code == status
    assert caught.value.headers["www-authenticate"].startswith("Bearer")


def test_a_refusal_after_the_answer_began_is_not_sent_on_top(client: TestClient, issuer: FakeIssuer) -> None:
    """Two answers to one request would be taken for an answer to the next."""
    with pytest.raises(InvalidTokenError, match="somebody else"):
        client.get("/breaks-off", headers=issuer.headers())


def test_lifespan_events_pass(issuer: FakeIssuer) -> None:
    begun = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        begun.append(scope["type"])
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    with TestClient(AuthMiddleware(inner, guard=issuer.guard())):
        pass

    assert begun == ["lifespan"]


def test_requires_without_the_middleware_is_a_mistake_and_no_pass(issuer: FakeIssuer) -> None:
    app = Starlette(routes=[Route("/notes", read_notes)])
    with pytest.raises(RuntimeError, match="AuthMiddleware"):
        TestClient(app).get("/notes", headers=issuer.headers(scope="notes:read"))


def test_requires_on_a_function_without_request_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="the request"):
        without_request().send(None)


def test_a_scope_that_is_none_is_found_at_import() -> None:
    with pytest.raises(ValueError, match="not one scope"):
        requires("a b")


def test_a_server_without_denial_responses_closes_the_websocket(issuer: FakeIssuer) -> None:
    """The extension "websocket.http.response" is optional in ASGI."""

    class WithoutExtension:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "extensions": {}}, receive, send)

    client = TestClient(WithoutExtension(application(issuer.guard())))
    with pytest.raises(WebSocketDisconnect) as caught, client.websocket_connect("/listen"):
        pass

    assert caught.value.code == 1008


def test_a_need_may_be_named(issuer: FakeIssuer) -> None:
    @requires(Need("notes:read", roles={"owner"}))
    async def notes(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.user.principal.subject)

    middleware = [Middleware(AuthMiddleware, guard=issuer.guard())]
    client = TestClient(Starlette(routes=[Route("/", notes)], middleware=middleware))

    assert client.get("/", headers=issuer.headers(scope="notes:read", roles=["owner"])).status_code == 200
    assert client.get("/", headers=issuer.headers(scope="notes:read")).status_code == 403


def test_a_route_for_what_is_published_needs_something_to_publish(issuer: FakeIssuer) -> None:
    with pytest.raises(ValueError, match="resource="):
        metadata_route(issuer.guard())


def test_what_is_published_is_there_for_get_alone(issuer: FakeIssuer) -> None:
    """RFC 9728 §3.1."""
    client = TestClient(Starlette(routes=[metadata_route(publishing_guard(issuer))]))

    assert client.get(WELL_KNOWN).json()["resource"] == PUBLIC_URL
    assert client.head(WELL_KNOWN).status_code == 404
    assert client.post(WELL_KNOWN).status_code == 405
