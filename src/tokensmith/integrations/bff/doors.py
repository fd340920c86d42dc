"""The two ways to an authorization server and through time: one that blocks, and one that waits in an event loop."""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

from tokensmith.client import Client, Grant, SignedIn, SignIn, TokenAnswer


class World(Protocol):
    """What the plan asks of the world; raises what `Client` raises."""

    async def pause(self, seconds: float) -> None:
        """Let seconds pass."""
        ...

    async def start_sign_in(self, *, redirect_uri: str, scope: str, resource: str | None) -> tuple[SignIn, str]:
        """Begin a sign-in."""
        ...

    async def finish_sign_in(self, started: SignIn, parameters: Mapping[str, str]) -> SignedIn:
        """End it."""
        ...

    async def ask(self, grant: Grant) -> TokenAnswer:
        """Ask for a token."""
        ...

    async def revoke(self, token: str) -> None:
        """Give a token up."""
        ...

    async def end_session_url(self, *, id_token: str | None, return_to: str) -> str | None:
        """Say where to sign out of the server."""
        ...


class BlockingWorld:
    """For synchronous frameworks: no coroutine of it suspends."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def pause(self, seconds: float) -> None:
        """Let seconds pass."""
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop is held up by this one

    async def start_sign_in(self, *, redirect_uri: str, scope: str, resource: str | None) -> tuple[SignIn, str]:
        """Begin a sign-in."""
        return self._client.start_sign_in_sync(redirect_uri=redirect_uri, scope=scope, resource=resource)

    async def finish_sign_in(self, started: SignIn, parameters: Mapping[str, str]) -> SignedIn:
        """End it."""
        return self._client.finish_sign_in_sync(started, parameters)

    async def ask(self, grant: Grant) -> TokenAnswer:
        """Ask for a token."""
        return self._client.ask_sync(grant)

    async def revoke(self, token: str) -> None:
        """Give a token up."""
        self._client.revoke_sync(token)

    async def end_session_url(self, *, id_token: str | None, return_to: str) -> str | None:
        """Say where to sign out of the server."""
        return self._client.end_session_url_sync(id_token=id_token, return_to=return_to)


class AsyncWorld:
    """For asynchronous frameworks."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.start_sign_in = client.start_sign_in
        self.finish_sign_in = client.finish_sign_in
        self.ask = client.ask
        self.revoke = client.revoke

    async def pause(self, seconds: float) -> None:
        """Let seconds pass."""
        await asyncio.sleep(seconds)

    async def end_session_url(self, *, id_token: str | None, return_to: str) -> str | None:
        """Say where to sign out of the server."""
        return await self._client.end_session_url(id_token=id_token, return_to=return_to)
