"""Bff: the back end for one front end. Two doors, one for event loops and one for threads, over one plan."""

from collections.abc import Sequence
from typing import Final

from tokensmith.client import Client, TokenAnswer
from tokensmith.guard import RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff.doors import AsyncWorld, BlockingWorld
from tokensmith.integrations.bff.keeper import Keeper
from tokensmith.integrations.bff.plan import Plan
from tokensmith.integrations.bff.sealing import Sealer
from tokensmith.integrations.bff.sessions import MemorySessions, Session, SessionStore
from tokensmith.jose.jwt import Clock
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound.run_blocking import run_blocking

DEFAULT_LIFETIME_SECONDS: Final = 12 * 3600


class Bff:
    """Signs people in for pages in their browsers, keeps their tokens, and lends them to the views that call services.

    Make one per front end and keep it.

    Args:
        client: Who this service is to the authorization server; one with a secret or a key (RFC 10017 §6.1.3.1).
        public_url: Where browsers reach it, such as "https://app.example". The server has to know
            "https://app.example/bff/callback" as one of the client's redirect URIs.
        secret: 32 random bytes or more, the same for all processes of the service; or several, of which the first seals
            and the others still open.
        scope: What to ask for; with "openid" pages learn who is signed in, and with the server's word for refresh
            tokens (often "offline_access") people stay so.
        resource: The service that the tokens are for (RFC 8707), where the server wants to be told.
        sessions: Where sessions are; by default in this process alone.
        lifetime: Seconds after which people sign in again, whatever they do.
        clock: Says the time.

    Raises:
        ValueError: *public_url* is no https origin nor one of this machine, or a secret is too short.
    """

    def __init__(
        self,
        client: Client,
        *,
        public_url: str,
        secret: bytes | Sequence[bytes],
        scope: str,
        resource: str | None = None,
        sessions: SessionStore | None = None,
        lifetime: float = DEFAULT_LIFETIME_SECONDS,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        secrets = (secret,) if isinstance(secret, bytes) else tuple(secret)
        store = MemorySessions() if sessions is None else sessions
        keeper = Keeper(store, Sealer(secrets, purpose="session store"), resource=resource, clock=clock)
        self._plan = Plan(
            public_url=public_url, secrets=secrets, scope=scope, resource=resource, keeper=keeper, lifetime=lifetime
        )
        self._client = client
        self._blocking = BlockingWorld(client)
        self._async = AsyncWorld(client)

    async def handle(self, facts: RequestFacts) -> Answer | None:
        """Answer a request below /bff; None for any other, which is the application's."""
        return await self._plan.handle(facts, self._async)

    def handle_sync(self, facts: RequestFacts) -> Answer | None:
        """Do the same as `handle`, and block."""
        return run_blocking(self._plan.handle(facts, self._blocking))

    async def session(self, facts: RequestFacts) -> Session | None:
        """Return who is signed in, or None.

        Raises:
            BffError: The store cannot be reached.
        """
        return await self._plan.session(facts)

    def session_sync(self, facts: RequestFacts) -> Session | None:
        """Do the same as `session`, and block."""
        return run_blocking(self._plan.session(facts))

    async def token(self, facts: RequestFacts) -> TokenAnswer:
        """Return the token of whoever sent the request, good now; never hand it to the page.

        Raises:
            BffError: Nobody is signed in ("not_signed_in"), the request is no page's of ours ("cross_site_request"), or
                no token can be had; its `answer` is the answer.
        """
        return await self._plan.token(facts, self._async)

    def token_sync(self, facts: RequestFacts) -> TokenAnswer:
        """Do the same as `token`, and block."""
        return run_blocking(self._plan.token(facts, self._blocking))

    async def headers(self, facts: RequestFacts, method: str, url: str) -> dict[str, str]:
        """Return the headers that let a request to a service pass, in the name of whoever sent *facts*.

        Args:
            method: The method of the request to the service.
            url: Where it goes.

        Raises:
            BffError: As `token`.
        """
        return self._client.headers(await self.token(facts), method, url)

    def headers_sync(self, facts: RequestFacts, method: str, url: str) -> dict[str, str]:
        """Do the same as `headers`, and block."""
        return self._client.headers(self.token_sync(facts), method, url)
