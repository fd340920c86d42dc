"""The FastAPI adapter, against the real FastAPI."""

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Request, Security, WebSocket
from fastapi.security import SecurityScopes
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.testclient import WebSocketDenialResponse

from tests.integrations.asgi_client import sender
from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService
from tests.integrations.cookies import CookieContract
from tests.integrations.counting_issuer import CountingIssuer
from tests.integrations.publishing import PublishingContract
from tokensmith.guard import Guard, Need, Principal
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.fastapi import Auth, OptionalAuth, RefusedError
from tokensmith.integrations.starlette import metadata_route


def application(guard: Guard) -> FastAPI:
    app, auth = FastAPI(), Auth(guard)

    @app.get("/notes")
    async def read_notes(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> dict[str, str]:
        return {"subject": caller.subject}

    @app.post("/notes")
    def write_notes(caller: Annotated[Principal, Security(auth, scopes=["notes:write"])]) -> dict[str, str]:
        return {"subject": caller.subject}

    @app.get("/me")
    async def me(caller: Annotated[Principal, Security(auth)]) -> dict[str, str]:
        return {"subject": caller.subject}

    @app.get("/open")
    async def anybody(caller: Annotated[Principal | None, Security(OptionalAuth(guard))]) -> dict[str, str | None]:
        return {"subject": caller.subject if caller else None}

    @app.websocket("/listen")
    async def listen(websocket: WebSocket, caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> None:
        await websocket.accept()
        await websocket.send_text(caller.subject)
        await websocket.close()

    if guard.metadata_path is not None:
        app.routes.append(metadata_route(guard))
    return app


class TestFastAPI(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> MakeService:
        return lambda guard: sender(TestClient(application(guard)))


def test_scopes_of_routers_and_routes_add_up(issuer: FakeIssuer) -> None:
    auth = Auth(issuer.guard())
    router = APIRouter(dependencies=[Security(auth, scopes=["notes"])])

    @router.get("/deep")
    async def deep(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]) -> str:
        return caller.subject

    app = FastAPI()
    app.include_router(router)
    client = TestClient(app)

    for scope, status in [("notes", 403), ("notes:read", 403), ("notes notes:read", 200)]:
        assert client.get("/deep", headers=issuer.headers(scope=scope)).status_code == status


def test_the_openapi_document_has_scheme_and_scopes(issuer: FakeIssuer) -> None:
    """The docs page gets its Authorize button from it."""
    document = TestClient(application(issuer.guard())).get("/openapi.json").json()

    assert document["components"]["securitySchemes"] == {
        "Bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    assert document["paths"]["/notes"]["get"]["security"] == [{"Bearer": ["notes:read"]}]
    assert document["paths"]["/me"]["get"]["security"] == [{"Bearer": []}]


def test_the_scheme_may_be_named_and_described(issuer: FakeIssuer) -> None:
    app = FastAPI(dependencies=[Security(Auth(issuer.guard(), scheme_name="Notes", description="Sign in first."))])
    app.get("/")(lambda: "x")
    schemes = TestClient(app).get("/openapi.json").json()["components"]["securitySchemes"]

    assert schemes["Notes"]["description"] == "Sign in first."


def test_a_dependency_can_be_overridden_by_an_equal_one(issuer: FakeIssuer) -> None:
    """Tests of an application need not find the very object it uses."""
    guard = issuer.guard()
    app = application(guard)
    ada = Principal(subject="ada", client_id=None, issuer=issuer.url, scopes=frozenset(), claims={})
    app.dependency_overrides[Auth(guard)] = lambda: ada

    assert TestClient(app).get("/notes").json() == {"subject": "ada"}


def test_more_than_scopes_may_be_asked_for(issuer: FakeIssuer) -> None:
    """And FastAPI's cache of dependencies does not take one need for another."""
    guard = issuer.guard()
    app = FastAPI(dependencies=[Security(Auth(guard))])
    owner = Auth(guard, need=Need(roles={"owner"}))

    @app.get("/deep")
    async def deep(caller: Annotated[Principal, Security(owner, scopes=["a"])]) -> str:
        return caller.subject

    client = TestClient(app)
    for roles, scope, status in [(["owner"], "a", 200), (["reader"], "a", 403), (["owner"], "", 403)]:
        assert client.get("/deep", headers=issuer.headers(scope=scope, roles=roles)).status_code == status


def test_an_optional_caller_who_comes_has_to_meet_the_need(issuer: FakeIssuer) -> None:
    app, optional = FastAPI(), OptionalAuth(issuer.guard(), need=Need(roles={"owner"}))

    @app.get("/")
    async def anybody(caller: Annotated[Principal | None, Security(optional)]) -> str:
        return caller.subject if caller else "nobody"

    client = TestClient(app)

    assert client.get("/").json() == "nobody"
    assert client.get("/", headers=issuer.headers()).status_code == 403
    assert client.get("/", headers=issuer.headers(sub="ada", roles=["owner"])).json() == "ada"


def test_a_request_is_verified_once(issuer: FakeIssuer) -> None:
    """A proof of possession is used up by the first dependency (RFC 9449 §11.1); the second must not refuse it."""
    counting = CountingIssuer()
    auth = Auth(counting.guard())
    app = FastAPI(dependencies=[Security(auth, scopes=["a"])])
    app.include_router(APIRouter(dependencies=[Security(auth, scopes=["b"])]))

    @app.get("/")
    async def deep(caller: Annotated[Principal, Security(auth, scopes=["c"])]) -> str:
        return caller.subject

    assert TestClient(app).get("/", headers=counting.headers(scope="a b c")).status_code == 200
    assert len(counting.asked) == 1


def test_dependencies_are_equal_where_guard_need_and_kind_are(issuer: FakeIssuer) -> None:
    guard = issuer.guard()

    assert Auth(guard) == Auth(guard)
    assert Auth(guard) != Auth(issuer.guard())
    assert Auth(guard) != OptionalAuth(guard)
    assert Auth(guard) != "auth"
    assert Auth(guard, need=Need("a")) == Auth(guard, need=Need("a")) != Auth(guard)


def test_a_websocket_gets_in_with_a_token(issuer: FakeIssuer) -> None:
    client = TestClient(application(issuer.guard()))
    with client.websocket_connect("/listen", headers=issuer.headers(sub="ada", scope="notes:read")) as websocket:
        assert websocket.receive_text() == "ada"


@pytest.mark.parametrize(("scope", "status"), [("", 403), (None, 401)])
def test_a_websocket_is_refused_with_a_status(issuer: FakeIssuer, scope: str | None, status: int) -> None:
    headers = {} if scope is None else issuer.headers(scope=scope)
    client = TestClient(application(issuer.guard()))
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect("/listen", headers=headers):
        pass

    assert caught.value.status_code == status
    assert caught.value.headers["www-authenticate"].startswith("Bearer")


def test_an_application_may_answer_in_its_own_form(issuer: FakeIssuer) -> None:
    app = application(issuer.guard())

    @app.exception_handler(RefusedError)
    async def own(request: Request, error: RefusedError) -> PlainTextResponse:
        return PlainTextResponse(f"no: {error.detail['error']}", error.status_code, error.headers)

    answer = TestClient(app).get("/notes")

    assert (answer.status_code, answer.text) == (401, "no: unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_status_and_challenge_do_not_hang_on_the_handler(issuer: FakeIssuer) -> None:
    """Called by hand, or where Starlette keeps its handlers elsewhere, it is an HTTPException like any other."""
    connection = HTTPConnection({"type": "http", "headers": [], "path": "/", "query_string": b""})
    with pytest.raises(RefusedError) as caught:
        Auth(issuer.guard())(connection, SecurityScopes()).send(None)

    assert caught.value.status_code == 401
    assert (caught.value.headers or {})["www-authenticate"] == "Bearer"
