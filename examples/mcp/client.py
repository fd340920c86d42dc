"""An MCP client that has never heard of the server: it finds out who signs people in there, registers, and asks.

python examples/mcp/client.py --url http://127.0.0.1:8004/mcp

It prints where to sign in, and reads the address that the browser ends at.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

BACK = "http://127.0.0.1:8765/callback"


class Kept(TokenStorage):
    """Keeps tokens and registration for as long as the program runs."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.registration: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.registration

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.registration = client_info


async def ask(url: str, visit: Callable[[str], Awaitable[str]]) -> str:
    """Call the server's tool; *visit* sends a browser somewhere and returns where it ended."""
    ended: list[str] = []

    async def show(where: str) -> None:
        ended.append(await visit(where))

    async def came_back() -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(ended.pop()).query)
        if "error" in query:
            raise PermissionError(query["error"][0])
        return AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query["iss"][0])

    metadata = OAuthClientMetadata(
        client_name="A tool", redirect_uris=[BACK], grant_types=["authorization_code", "refresh_token"]
    )
    signed_in = OAuthClientProvider(url, metadata, Kept(), show, came_back)
    async with (
        httpx2.AsyncClient(auth=signed_in, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        answer = await client.call_tool("notes", {})
    return str(answer.content[0].text)


async def by_hand(where: str) -> str:
    print(f"Sign in at\n\n  {where}\n")
    return await asyncio.to_thread(input, "and paste the address that you end at: ")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--url", required=True)
    print(asyncio.run(ask(options.parse_args().url, by_hand)))
