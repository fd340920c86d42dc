"""The table of URLs: each is there, guarded as it should be, and everything else is not."""

import pytest

from tests.server.flows.world import ISSUER
from tests.server.web.served import Served

pytestmark = pytest.mark.anyio

PUBLIC = (
    "/.well-known/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/status",
)
PRIVATE_GET = ("/healthz", "/readyz", "/")
PRIVATE_POST = ("/token", "/revoke", "/introspect", "/api/login", "/api/refresh", "/api/logout")


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_documents_may_be_read_by_pages_of_every_origin(served: Served, path: str) -> None:
    """Fetch §3.2; without credentials, so `*`."""
    answer = await served.get(path, origin="https://app.example")

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", PRIVATE_GET)
async def test_nothing_else_may(served: Served, path: str) -> None:
    """RFC 9700 §2.6."""
    answer = await served.get(path, origin="https://app.example")

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", PRIVATE_POST)
async def test_what_takes_secrets_takes_them_by_post_alone(served: Served, path: str) -> None:
    """RFC 6749 §3.2: in a URL they would end in logs."""
    answer = await served.get(path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error_id"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/nothing", "/token/", "/TOKEN", "/api", "/status/1/2", "/x//token"])
async def test_everything_else_is_not_found(served: Served, method: str, path: str) -> None:
    """Paths are compared exactly, and nothing is redirected."""
    async with served.http() as client:
        answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert served.refused("unknown_url") == 1


async def test_below_a_path_everything_public_moves_and_operations_stay(served: Served) -> None:
    """An issuer may have a path; whoever watches the server looks at the root."""
    elsewhere = Served(served.world, issuer=f"{ISSUER}/tenant")

    assert (await elsewhere.get("/tenant/.well-known/jwks.json")).status_code == 200
    assert (await elsewhere.post_form("/tenant/token", "a=1")).status_code == 401
    assert (await elsewhere.get("/tenant/")).status_code == 200
    assert (await elsewhere.get("/healthz")).status_code == 200
    for path in ("/.well-known/jwks.json", "/token", "/", "/tenant/healthz"):
        assert (await elsewhere.get(path)).status_code == 404
