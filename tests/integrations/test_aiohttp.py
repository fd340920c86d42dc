"""The aiohttp adapter, against the real aiohttp: the contract over a socket, views, methods, WebSockets."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack

import aiohttp
import pytest
from aiohttp import web

from tests.integrations.aiohttp_client import listening, serving
from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService, with_token
from tests.integrations.cookies import CookieContract
from tests.integrations.publishing import PublishingContract
from tokensmith.guard import Guard, InvalidTokenError, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.aiohttp import auth_middleware, principal_of, require

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def answer(request: web.Request) -> web.StreamResponse:
    principal = principal_of(request)
    return web.json_response({"subject": principal.subject if principal else None})


class Notes(web.View):
    @require("notes:read")
    async def get(self) -> web.StreamResponse:
        return await answer(self.request)

    @require(Need("notes:write"))
    async def post(self) -> web.StreamResponse:
        return await answer(self.request)


@require("notes:read")
async def listen(request: web.Request) -> web.StreamResponse:
    channel = web.WebSocketResponse()
    await channel.prepare(request)
    caller = principal_of(request)
    await channel.send_str(caller.subject if caller else "")
    await channel.close()
    return channel


def application(guard: Guard, **handlers: Handler) -> web.Application:
    app = web.Application(middlewares=[auth_middleware(guard, public={"/open"})])
    app.add_routes([web.view("/notes", Notes), web.get("/me", answer), web.get("/open", answer)])
    app.add_routes([web.get("/listen", listen), *(web.get(f"/{name}", each) for name, each in handlers.items())])
    return app


class TestAiohttp(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture
    def make_service(self) -> Iterator[MakeService]:
        with ExitStack() as stack:
            yield lambda guard: stack.enter_context(serving(application(guard)))


def test_a_path_without_a_handler_is_no_way_in(issuer: FakeIssuer) -> None:
    """Deny by default: nobody learns which paths there are."""
    with serving(application(issuer.guard())) as send:
        assert send("GET", "/elsewhere", []).status == 401
        assert send("GET", "/elsewhere", with_token(issuer.token())).status == 404


@pytest.mark.parametrize("path", ["/open/", "/open/x", "/opened", "/OPEN", "/x/open"])
def test_public_paths_are_compared_whole(issuer: FakeIssuer, path: str) -> None:
    """No pattern, and no beginning of one, opens a neighbour."""
    with serving(application(issuer.guard())) as send:
        assert send("GET", path, []).status == 401


def test_public_paths_are_a_collection(issuer: FakeIssuer) -> None:
    with pytest.raises(TypeError, match="collection"):
        auth_middleware(issuer.guard(), public="/open")


def test_a_method_of_any_class_may_be_a_handler(issuer: FakeIssuer) -> None:
    class Service:
        @require("a")
        async def notes(self, request: web.Request) -> web.StreamResponse:
            return await answer(request)

    with serving(application(issuer.guard(), notes2=Service().notes)) as send:
        assert send("GET", "/notes2", with_token(issuer.token(scope="a"))).status == 200
        assert send("GET", "/notes2", with_token(issuer.token())).status == 403


def test_a_function_that_is_no_handler_is_not_guarded() -> None:
    """A mistake, and no pass."""

    @require("a")
    async def helper(text: str) -> str:
        return text

    with pytest.raises(TypeError, match="handlers"):
        asyncio.run(_awaited(helper("x")))


def test_a_handler_without_the_middleware_knows_nobody(caplog: pytest.LogCaptureFixture) -> None:
    app = web.Application()
    app.add_routes([web.get("/me", answer)])
    with serving(app) as send, caplog.at_level(logging.CRITICAL):
        assert send("GET", "/me", []).status == 500


def test_a_websocket_is_refused_before_it_is_accepted(issuer: FakeIssuer) -> None:
    with listening(application(issuer.guard())) as port:
        assert asyncio.run(heard(port, issuer.headers(sub="ada", scope="notes:read"))) == "ada"
        for headers, status in [({}, 401), (issuer.headers(), 403)]:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                asyncio.run(heard(port, headers))
            assert caught.value.status == status
            assert caught.value.headers is not None
            assert "WWW-Authenticate" in caught.value.headers


def test_an_answer_that_was_begun_is_not_begun_again(issuer: FakeIssuer, caplog: pytest.LogCaptureFixture) -> None:
    """A second head in the middle would be a part of the body."""

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "900"})
        await response.prepare(request)
        await response.write(b"begun")
        raise InvalidTokenError("Too late.", code="expired")

    with listening(application(issuer.guard(), stream=stream)) as port, caplog.at_level(logging.CRITICAL):
        request = f"GET /stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {issuer.token()}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(request.encode())
            received = b""
            while b"401" not in received and (chunk := connection.recv(65_536)):
                received += chunk

        assert received.endswith(b"\r\n\r\nbegun")


async def _awaited(awaitable: Awaitable[str]) -> str:
    return await awaitable


async def heard(port: int, headers: dict[str, str]) -> str:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{port}/listen", headers=headers) as channel,
    ):
        text: str = await channel.receive_str()
        return text
