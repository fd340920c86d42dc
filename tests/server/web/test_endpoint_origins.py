"""Pages of registered origins may use the endpoints that programs in browsers need, and nothing else (decision 15)."""

import pytest

from tests.server.web.served import Served
from tokensmith.server.domain.errors import UnavailableError

pytestmark = pytest.mark.anyio
OURS, OTHERS = "https://app.example", "https://evil.example"
SHARED = ("/token", "/userinfo", "/revoke", "/par")


@pytest.fixture
async def registered(served: Served) -> Served:
    await served.world.make_web_client()
    return served


async def preflight(served: Served, path: str, origin: str) -> dict[str, str]:
    async with served.http() as client:
        headers = {"origin": origin, "access-control-request-method": "POST"}
        return dict((await client.request("OPTIONS", path, headers=headers)).headers)


@pytest.mark.parametrize("path", SHARED)
async def test_a_registered_origin_is_let_in(registered: Served, path: str) -> None:
    """By name, without cookies; and it may read what it has to."""
    headers = await preflight(registered, path, OURS)
    assert headers["access-control-allow-origin"] == OURS
    assert "dpop" in headers["access-control-allow-headers"]
    assert "POST" in headers["access-control-allow-methods"]
    answer = await registered.post_form(path, "", origin=OURS)
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["vary"] == "origin"
    assert "dpop-nonce" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", SHARED)
@pytest.mark.parametrize("origin", [OTHERS, "null", "http://app.example", "https://app.example.evil.example"])
async def test_another_origin_is_not(registered: Served, path: str, origin: str) -> None:
    assert "access-control-allow-origin" not in await preflight(registered, path, origin)
    answer = await registered.post_form(path, "", origin=origin)
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize("path", ["/introspect", "/authorize", "/api/login", "/account/sign-in", "/logout", "/device"])
async def test_everything_else_stays_ours(registered: Served, path: str) -> None:
    """P22: whoever is registered."""
    assert "access-control-allow-origin" not in await preflight(registered, path, OURS)
    answer = await registered.post_form(path, "", origin=OURS)
    assert "access-control-allow-origin" not in answer.headers


async def test_programs_notice_nothing(registered: Served) -> None:
    answer = await registered.post_form("/token", "")

    assert "vary" not in answer.headers


async def test_an_outage_lets_nobody_in(registered: Served) -> None:
    """And is no error of its own."""
    registered.world.store.outage = UnavailableError("gone")
    answer = await registered.post_form("/token", {"grant_type": "x", "client_id": "web"}, origin=OURS)

    assert answer.status_code == 503
    assert "access-control-allow-origin" not in answer.headers
