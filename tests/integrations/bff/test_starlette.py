"""The back end for front ends in Starlette and FastAPI."""

import pytest
from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.guard.scripted import run
from tests.integrations.bff.adapter_contract import APP, AdapterContract, MakeBrowser
from tests.services.npm_provider import NOTES
from tokensmith.integrations.bff import Bff, BffError
from tokensmith.integrations.bff.starlette import bff_routes, headers_for, refuse, session_of


class TestStarlette(AdapterContract):
    @pytest.fixture
    def make_browser(self) -> MakeBrowser:
        def make(bff: Bff) -> TestClient:
            async def notes(request: Request) -> Response:
                return JSONResponse(await headers_for(bff, request, "GET", f"{NOTES}/notes"))

            async def page(request: Request) -> Response:
                session = await session_of(bff, request)
                return PlainTextResponse("nobody" if session is None else str(session.claims["sub"]))

            routes = [*bff_routes(bff), Route("/notes", notes), Route("/page", page)]
            app = Starlette(routes=routes, exception_handlers={BffError: refuse})
            return TestClient(app, base_url=APP, follow_redirects=False)

        return make  # type: ignore[return-value]


class TestFastAPI(AdapterContract):
    @pytest.fixture
    def make_browser(self) -> MakeBrowser:
        def make(bff: Bff) -> TestClient:
            app = FastAPI()
            app.router.routes.extend(bff_routes(bff))
            app.add_exception_handler(BffError, refuse)

            @app.get("/notes")
            async def notes(request: Request) -> dict[str, str]:
                return await headers_for(bff, request, "GET", f"{NOTES}/notes")

            @app.get("/page")
            async def page(request: Request) -> Response:
                session = await session_of(bff, request)
                return PlainTextResponse("nobody" if session is None else str(session.claims["sub"]))

            return TestClient(app, base_url=APP, follow_redirects=False)

        return make  # type: ignore[return-value]


def test_the_handler_is_for_our_refusals() -> None:
    """Registered for something else, it would answer nonsense."""
    with pytest.raises(TypeError, match="BffError"):
        run(refuse(Request({"type": "http"}), ValueError()))
