"""Client: how a service or a tool gets tokens. Two doors, one for event loops and one for threads, over one plan."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from tokensmith.client.authorization_server import AuthorizationServer, check_done, not_offered
from tokensmith.client.code_flow import SignedIn, SignIn, end_session_url, finish_sign_in, start_sign_in
from tokensmith.client.device import DeviceLogin, start_device, wait_for_device
from tokensmith.client.grants import ClientCredentials, Grant, RefreshToken
from tokensmith.client.proof_key import ProofKey
from tokensmith.client.token_answer import TokenAnswer
from tokensmith.client.token_source import TokenSource
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound import Fetcher
from tokensmith.outbound.doors import AsyncOutside, BlockingOutside
from tokensmith.outbound.identity import ClientIdentity
from tokensmith.outbound.outside import Outside
from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher

_FOR_ITSELF: Final = ClientCredentials()


class Client:
    """Asks one authorization server for tokens. Make one and keep it: any number of threads and tasks may use it.

    Args:
        issuer: The server's name, such as "https://id.example", exactly as its metadata spells it. It may be in a
            private network; what its metadata names elsewhere must be public.
        identity: Who is asking: `SecretClient`, `KeyClient` or `PublicClient`.
        proof_key: With it tokens are bound to this key, and a stolen one is worth nothing (RFC 9449).
        fetcher: How to reach the server; by default with Python's own parts.
        clock: Says the time.
        monotonic: Says the seconds that ages are measured in.

    Raises:
        ValueError: *issuer* is no https URL, nor one of this machine.
    """

    def __init__(
        self,
        issuer: str,
        identity: ClientIdentity,
        *,
        proof_key: ProofKey | None = None,
        fetcher: Fetcher | None = None,
        clock: Clock = SYSTEM_CLOCK,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        blocking = BlockingFetcher() if fetcher is None else fetcher
        self._server = AuthorizationServer(issuer, identity, proof_key)
        self._blocking: Outside = BlockingOutside(blocking, monotonic, clock)
        self._async: Outside = AsyncOutside(ThreadedFetcher(blocking), monotonic, clock)

    def tokens(self, grant: Grant = _FOR_ITSELF, *, on_rotated: Callable[[str], None] | None = None) -> TokenSource:
        """Return a source that keeps a token of *grant* and renews it in time.

        Args:
            grant: What for; by default the client for itself.
            on_rotated: Called with each new refresh token, in the thread that asked for it: keep it where the next
                start of the program finds it. What it raises is logged.

        Raises:
            ValueError: *on_rotated* goes with a `RefreshToken` and nothing else.
        """
        if on_rotated is not None and not isinstance(grant, RefreshToken):
            raise ValueError("on_rotated= goes with a RefreshToken")
        return TokenSource(self._server, grant, self._blocking, on_rotated=on_rotated)

    async def ask(self, grant: Grant) -> TokenAnswer:
        """Ask for one token now, and keep nothing: a `TokenExchange` for one request, say.

        Raises:
            RefusedError: The server says no.
            ServerUnavailableError: It cannot answer now.
            UnusableAnswerError: It broke a rule.
        """
        return await self._server.ask(grant, self._async)

    def ask_sync(self, grant: Grant) -> TokenAnswer:
        """Do the same as `ask`, and block."""
        return run_blocking(self._server.ask(grant, self._blocking))

    def headers(self, answer: TokenAnswer, method: str, url: str) -> dict[str, str]:
        """Return the headers that let a request to a service pass with a token that one has.

        Args:
            method: The request's method; a proof is good for it alone.
            url: Where it goes.
        """
        return self._server.headers(answer, method, url)

    async def start_sign_in(self, *, redirect_uri: str, scope: str, resource: str | None = None) -> tuple[SignIn, str]:
        """Begin a sign-in through a browser (RFC 6749 §4.1); send the browser to the URL, and keep the other for later.

        Args:
            redirect_uri: Where the browser comes back to; registered at the server.
            scope: What to ask for; with "openid", who the person is.
            resource: As in `ClientCredentials`.

        Raises:
            ClientError: The server does not offer it ("not_offered"), or as `ask`.
        """
        return await start_sign_in(self._server, self._async, redirect_uri=redirect_uri, scope=scope, resource=resource)

    def start_sign_in_sync(self, *, redirect_uri: str, scope: str, resource: str | None = None) -> tuple[SignIn, str]:
        """Do the same as `start_sign_in`, and block."""
        return run_blocking(
            start_sign_in(self._server, self._blocking, redirect_uri=redirect_uri, scope=scope, resource=resource)
        )

    async def finish_sign_in(self, started: SignIn, parameters: Mapping[str, str]) -> SignedIn:
        """End it with the parameters that the browser brought back, each once.

        Raises:
            SignInAgainError: They are no answer to this sign-in ("sign_in_mismatch"), or the person said no.
            ClientError: As `ask`; "id_token" for one that is not good.
        """
        return await finish_sign_in(self._server, self._async, started, parameters)

    def finish_sign_in_sync(self, started: SignIn, parameters: Mapping[str, str]) -> SignedIn:
        """Do the same as `finish_sign_in`, and block."""
        return run_blocking(finish_sign_in(self._server, self._blocking, started, parameters))

    async def end_session_url(self, *, id_token: str | None = None, return_to: str | None = None) -> str | None:
        """Return where to send the browser to sign out of the server as well (OpenID Connect RP-Initiated Logout §2).

        Args:
            id_token: The one that came at the sign-in; with it the server need not ask.
            return_to: Where the browser comes back to; registered at the server.

        Returns:
            None where the server offers no such thing.

        Raises:
            ServerUnavailableError: Its metadata cannot be had.
        """
        return await end_session_url(self._server, self._async, id_token=id_token, return_to=return_to)

    def end_session_url_sync(self, *, id_token: str | None = None, return_to: str | None = None) -> str | None:
        """Do the same as `end_session_url`, and block."""
        return run_blocking(end_session_url(self._server, self._blocking, id_token=id_token, return_to=return_to))

    async def start_device(self, *, scope: str | None = None, resource: str | None = None) -> DeviceLogin:
        """Begin a sign-in on another device (RFC 8628); show what it returns.

        Raises:
            ClientError: The server does not offer it ("not_offered"), or as `ask`.
        """
        return await start_device(self._server, self._async, scope=scope, resource=resource)

    def start_device_sync(self, *, scope: str | None = None, resource: str | None = None) -> DeviceLogin:
        """Do the same as `start_device`, and block."""
        return run_blocking(start_device(self._server, self._blocking, scope=scope, resource=resource))

    async def wait_for_device(self, login: DeviceLogin) -> TokenAnswer:
        """Wait until the person has signed in.

        Raises:
            SignInAgainError: They said no, or the code ended first.
            ClientError: As `ask`.
        """
        return await wait_for_device(login, self._server, self._async, pause=asyncio.sleep)

    def wait_for_device_sync(self, login: DeviceLogin, *, sleep: Callable[[float], None] = time.sleep) -> TokenAnswer:
        """Do the same as `wait_for_device`, and block.

        Args:
            sleep: Lets seconds pass; a program with a screen may want to do that by itself.
        """

        async def pause(seconds: float) -> None:
            sleep(seconds)

        return run_blocking(wait_for_device(login, self._server, self._blocking, pause=pause))

    async def revoke(self, token: str) -> None:
        """Give a refresh or access token up (RFC 7009); one that is over already is as good as revoked.

        Raises:
            ClientError: The server does not offer it ("not_offered"), or as `ask`.
        """
        await self._revoke(token, self._async)

    def revoke_sync(self, token: str) -> None:
        """Do the same as `revoke`, and block."""
        run_blocking(self._revoke(token, self._blocking))

    async def _revoke(self, token: str, outside: Outside) -> None:
        endpoint = (await self._server.endpoints(outside)).revocation
        if endpoint is None:
            raise not_offered("revocation")
        check_done(await self._server.post(endpoint, [("token", token)], outside))
