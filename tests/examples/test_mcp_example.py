"""examples/mcp: a client that has never heard of the server discovers, registers, signs in and calls a tool."""

import asyncio
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.examples.running import TOP
from tests.services.processes import Processes, free_port
from tests.services.token_server import TokenServer

FOLDER = TOP / "examples" / "mcp"


@pytest.fixture(scope="module")
def url(token_server: TokenServer) -> Iterator[str]:
    """The example's server, whose scopes are open to programs that register themselves."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    scope = "notes:read=Read your notes"
    token_server.operate("resource", "create", url, "--scope", scope, "--title", "Notes", "--open")
    token_server.operate("user", "grant", "ada", "notes:read", "--resource", url)
    with Processes() as processes:
        command = (sys.executable, FOLDER / "server.py", "--issuer", token_server.issuer)
        processes.start(*command, "--url", url, "--port", str(port), port=port)
        yield url


@pytest.fixture
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mcp_example_client", FOLDER / "client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_client_from_nowhere_gets_in(client: ModuleType, url: str, token_server: TokenServer) -> None:
    """RFC 9728, RFC 8414, RFC 7591, PKCE, RFC 8707, RFC 9207; as the mcp package does them."""

    async def visit(where: str) -> str:
        return await asyncio.to_thread(token_server.visit, where, "ada")

    assert asyncio.run(client.ask(url, visit)).startswith("A note of ")


def test_a_person_without_the_permission_does_not(client: ModuleType, url: str, token_server: TokenServer) -> None:
    """The client is told, and nothing is called."""

    async def visit(where: str) -> str:
        return await asyncio.to_thread(token_server.visit, where, "grace")

    refused = pytest.RaisesExc(PermissionError, match="^invalid_scope$")
    with pytest.RaisesGroup(refused, flatten_subgroups=True):
        asyncio.run(client.ask(url, visit))
