"""The SDK's own server and client, with the guard between them."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

from tokensmith.guard import Guard, Issuer, Need, UnavailableError
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.mcp import mcp_verifier

RESOURCE = "http://127.0.0.1:8000/mcp"


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer(audience=RESOURCE)


def notes_server(guard: Guard, *, scopes: list[str] | None = None) -> MCPServer:
    server = MCPServer(
        "notes",
        token_verifier=mcp_verifier(guard, resource=RESOURCE),
        auth=AuthSettings(
            issuer_url="https://issuer.test",  # type: ignore[arg-type]  # pydantic reads it
            resource_server_url=RESOURCE,  # type: ignore[arg-type]
            validate_token_resource=True,
            required_scopes=scopes,
        ),
    )

    @server.tool()
    def whose() -> str:
        token = get_access_token()
        assert token is not None
        return f"{token.subject} {' '.join(token.scopes)}"

    return server


def visited(server: MCPServer, ask: Callable[[httpx2.AsyncClient], Awaitable[None]], headers: dict[str, str]) -> None:
    async def visit() -> None:
        app = server.streamable_http_app()
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as client,
        ):
            await ask(client)

    asyncio.run(visit())


def test_a_tool_knows_its_caller(issuer: FakeIssuer) -> None:
    said: list[str] = []

    async def call(http: httpx2.AsyncClient) -> None:
        async with Client(streamable_http_client(RESOURCE, http_client=http)) as client:
            result = await client.call_tool("whose", {})
            said.append(result.content[0].text)  # type: ignore[union-attr]

    visited(notes_server(issuer.guard()), call, issuer.headers(sub="ada", scope="notes:read notes:write"))
    assert said == ["ada notes:read notes:write"]


@pytest.mark.parametrize("flaw", ["expired", "wrong audience", "wrong issuer", "wrong type", "alg none", "damaged"])
def test_a_bad_token_is_refused_by_the_sdk(issuer: FakeIssuer, flaw: str) -> None:
    async def call(http: httpx2.AsyncClient) -> None:
        reply = await http.post("/mcp", json={})
        assert reply.status_code == 401
        assert 'error="invalid_token"' in reply.headers["www-authenticate"]
        assert "resource_metadata=" in reply.headers["www-authenticate"]

    visited(notes_server(issuer.guard()), call, issuer.headers(flaw=flaw))  # type: ignore[arg-type]


def test_a_revoked_token_is_refused(issuer: FakeIssuer) -> None:
    verifier, token = mcp_verifier(issuer.guard(), resource=RESOURCE), issuer.token()

    assert asyncio.run(verifier.verify_token(token)) is not None
    issuer.revoke(token)
    assert asyncio.run(verifier.verify_token(token)) is None


def test_a_missing_scope_is_the_sdks_403(issuer: FakeIssuer) -> None:
    async def call(http: httpx2.AsyncClient) -> None:
        reply = await http.post("/mcp", json={})
        assert reply.status_code == 403
        assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]

    visited(notes_server(issuer.guard(), scopes=["notes:write"]), call, issuer.headers(scope="notes:read"))


def test_what_every_caller_needs_may_be_more_than_a_token(issuer: FakeIssuer) -> None:
    verifier = mcp_verifier(issuer.guard(), Need(roles={"editor"}), resource=RESOURCE)

    assert asyncio.run(verifier.verify_token(issuer.token(roles=["editor"]))) is not None
    assert asyncio.run(verifier.verify_token(issuer.token(roles=["reader"]))) is None


def test_the_sdk_is_told_what_it_keeps(issuer: FakeIssuer) -> None:
    token = issuer.token(sub="ada", scope="b a", aud=["https://other.test", RESOURCE], exp=4_000_000_000.5)
    told = asyncio.run(mcp_verifier(issuer.guard(), resource=RESOURCE).verify_token(token))

    assert told is not None
    assert (told.token, told.client_id, told.subject) == (token, "test-client", "ada")
    assert (told.scopes, told.expires_at, told.resource) == (["a", "b"], 4_000_000_000, RESOURCE)
    assert told.claims is not None
    assert (told.claims["iss"], told.claims["aud"]) == (issuer.url, ["https://other.test", RESOURCE])


def test_a_client_without_a_name_is_its_subject(issuer: FakeIssuer) -> None:
    """The SDK tells sessions apart by it; an issuer of type "JWT" may leave it out."""
    plain = Issuer(issuer.url, audience=RESOURCE, typ="JWT", keys=issuer.key.public())
    token = issuer.token(sub="machine", client_id=None, flaw="wrong type")
    told = asyncio.run(mcp_verifier(Guard(plain, fetcher=issuer), resource=RESOURCE).verify_token(token))

    assert told is not None
    assert told.client_id == "machine"


def test_a_token_for_a_neighbour_is_refused() -> None:
    """Also where the guard takes tokens of several audiences."""
    issuer = FakeIssuer(audience="https://other.test")
    both = Issuer(issuer.url, audience={RESOURCE, "https://other.test"}, keys=issuer.key.public())
    verifier = mcp_verifier(Guard(both, fetcher=issuer), resource=RESOURCE)

    assert asyncio.run(verifier.verify_token(issuer.token())) is None
    assert asyncio.run(verifier.verify_token(issuer.token(aud=RESOURCE))) is not None


def test_our_own_trouble_is_no_refusal(issuer: FakeIssuer) -> None:
    """A client that is told 401 throws its token away."""
    verifier = mcp_verifier(Guard(Issuer(issuer.url, audience=RESOURCE), fetcher=issuer), resource=RESOURCE)

    with pytest.raises(UnavailableError):
        asyncio.run(verifier.verify_token(issuer.token()))


@pytest.mark.parametrize("token", ["", "a.b.c", "x y", "é", "a\nb", "." * 5000])
def test_any_text_is_no_token(issuer: FakeIssuer, token: str) -> None:
    assert asyncio.run(mcp_verifier(issuer.guard(), resource=RESOURCE).verify_token(token)) is None
