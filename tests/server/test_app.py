"""The application as any ASGI server runs it: over a real database, from its lifespan's start to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Router

from tokensmith import server
from tokensmith.jose import KeySet, jwt
from tokensmith.server import Settings, create_app
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.preparation import prepare_with_demo

pytestmark = pytest.mark.anyio
AUDIENCE = "http://127.0.0.1:8001"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path / 't.db'}")


@asynccontextmanager
async def running(settings: Settings, *, prepared: bool = False) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(settings, prepared=prepared)
    assert isinstance(app, Router)
    transport = httpx2.ASGITransport(app=app)
    async with app.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=settings.issuer) as client:
        yield client


async def test_the_main_job_from_sign_in_to_sign_out(settings: Settings) -> None:
    """A token that verifies with the published keys, renewed, and ended."""
    demo = await prepare_with_demo(settings, audience=AUDIENCE)
    async with running(settings, prepared=True) as client:
        ada = {"username": "ada", "password": demo.people["ada"]}
        signed_in = (await client.post("/api/login", json=ada)).json()
        keys = KeySet.from_jwks((await client.get("/.well-known/jwks.json")).json())
        verified = jwt.verify(
            signed_in["access_token"], keys, issuer=settings.issuer, audience=AUDIENCE, typ="at+jwt", leeway=1
        )
        form = {"grant_type": "refresh_token", "client_id": "first-party", "refresh_token": signed_in["refresh_token"]}
        renewed = await client.post("/token", data=form)
        out = await client.post("/api/logout", json={"refresh_token": renewed.json()["refresh_token"]})
        refused = await client.post("/token", data={**form, "refresh_token": renewed.json()["refresh_token"]})

    assert verified.claims["scope"] == "notes:read"
    assert (renewed.status_code, out.status_code) == (200, 204)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_it_prepares_its_database_unless_told_that_it_is_ready(settings: Settings) -> None:
    """Under another ASGI server nobody else does."""
    async with running(settings) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_a_database_that_is_not_ready_is_not_served(settings: Settings) -> None:
    """The server in front of it sees a failed start."""
    with pytest.raises(UnavailableError):
        async with running(settings, prepared=True):
            pass


async def test_its_jobs_end_with_it(settings: Settings) -> None:
    """No task is left behind; a second start is as good as the first."""
    for _ in range(2):
        async with running(settings) as client:
            assert (await client.get("/healthz")).status_code == 200


def test_before_its_lifespan_it_serves_nothing(settings: Settings, tmp_path: Path) -> None:
    """And opens nothing: it may be made in one process and run in another."""

    async def ask() -> int:
        transport = httpx2.ASGITransport(app=create_app(settings))
        async with httpx2.AsyncClient(transport=transport, base_url=settings.issuer) as client:
            return (await client.get("/healthz")).status_code

    assert asyncio.run(ask()) == 404
    assert list(tmp_path.iterdir()) == []


def test_the_room_has_two_names() -> None:
    """And says so of any other, as a module does."""
    with pytest.raises(AttributeError, match="nothing"):
        server.nothing  # noqa: B018
