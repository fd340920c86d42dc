"""Finding the endpoint of a request."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.server.web.requests import make_scope
from tokensmith.server.web.router import ExactRouter

pytestmark = pytest.mark.anyio


class Says:
    """An endpoint that says its name and what was variable in the path."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{self.name} {scope.get('path_params', {})}")(scope, receive, send)


@pytest.fixture
def router() -> ExactRouter:
    router = ExactRouter()
    table: list[tuple[str, ASGIApp]] = [
        ("/token", Says("token")),
        ("/status/feed", Says("feed")),
        ("/status/{list}", Says("status")),
        ("/token", Says("second")),
        ("/{path:path}", Says("unknown")),
    ]
    router.serve([Route(path, endpoint) for path, endpoint in table])
    return router


async def answered(router: ExactRouter, path: str, **members: str) -> str:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await router({**make_scope(path=path), "router": router, **members}, receive, send)
    return b"".join(message.get("body", b"") for message in sent).decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/token", "token {}"),
        ("/status/feed", "feed {}"),
        ("/status/7", "status {'list': '7'}"),
        ("/token/", "unknown {'path': 'token/'}"),
        ("/Token", "unknown {'path': 'Token'}"),
        ("//token", "unknown {'path': '/token'}"),
    ],
)
async def test_a_path_finds_what_it_found_before(router: ExactRouter, path: str, said: str) -> None:
    """The dictionary says what the patterns would say."""
    assert await answered(router, path) == said


async def test_a_mounted_application_is_looked_up_by_pattern(router: ExactRouter) -> None:
    """Its path has another part in front, which Starlette knows about."""
    assert await answered(router, "/mounted/token", root_path="/mounted") == "token {}"
