"""Tokens that are kept, and renewed before they end: one request for all who wait, in every thread and event loop."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tokensmith.client.authorization_server import AuthorizationServer
from tokensmith.client.errors import ClientError, ServerUnavailableError, SignInAgainError
from tokensmith.client.grants import Grant, RefreshToken
from tokensmith.client.token_answer import TokenAnswer
from tokensmith.outbound.outside import Outside
from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.outbound.single_flight import ThreadFlight

RETRY_SECONDS: Final = 2.0
"""How long after a failure nobody asks again."""
YOUNG_SECONDS: Final = 5.0
"""A token that a service refuses so soon is not replaced: the next one would be refused, too."""
_FLIGHT: Final = "token"
_logger: Final = logging.getLogger("tokensmith.client")


@dataclass(frozen=True, slots=True)
class _Held:
    answer: TokenAnswer
    asked_at: float
    renew_at: float
    good_until: float


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ClientError
    ask_again_at: float


class TokenSource:
    """Gives the token of one grant; `Client.tokens` makes it. Keep it: what it holds is shared by all who ask.

    A fifth of its time before a token ends, the next one is asked for in the background while this one is still given
    out. While the server cannot be reached, it is given out until it ends.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        grant: Grant,
        outside: Outside,
        *,
        on_rotated: Callable[[str], None] | None = None,
    ) -> None:
        self._server = server
        self._grant = grant
        self._outside = outside
        self._on_rotated = on_rotated
        self._flight = ThreadFlight()
        self._held: _Held | None = None
        self._failure: _Failure | None = None

    def get_sync(self) -> TokenAnswer:
        """Return a token that is good now.

        Raises:
            SignInAgainError: The grant is over; of a refresh token, from now on nobody is asked again.
            ClientError: There is none; see `errors`.
        """
        seen = self._held
        held = self._usable(seen)
        if held is None:
            self._flight.join(_FLIGHT, lambda: self._renew(seen))
            held = self._renewed(seen)
        return held.answer

    async def get(self) -> TokenAnswer:
        """Do the same as `get_sync`, without blocking the event loop.

        Raises:
            ClientError: As there.
        """
        seen = self._held
        held = self._usable(seen)
        if held is None:
            await self._flight.join_async(_FLIGHT, lambda: self._renew(seen))
            held = self._renewed(seen)
        return held.answer

    def headers_sync(self, method: str, url: str) -> dict[str, str]:
        """Return the headers that let a request pass: the token, and a proof where it is bound to a key.

        Args:
            method: The request's method; a proof is good for it alone.
            url: Where it goes.

        Raises:
            ClientError: As `get_sync`.
        """
        return self.headers_with(self.get_sync(), method, url)

    async def headers(self, method: str, url: str) -> dict[str, str]:
        """Do the same as `headers_sync`, without blocking the event loop.

        Raises:
            ClientError: As `get_sync`.
        """
        return self.headers_with(await self.get(), method, url)

    def headers_with(self, answer: TokenAnswer, method: str, url: str) -> dict[str, str]:
        """Return the headers for a token that one has already."""
        return self._server.headers(answer, method, url)

    def nonce_for(self, url: str) -> str | None:
        """Return the nonce that the next proof for *url* will have; None where none is wanted."""
        return None if self._server.proof_key is None else self._server.proof_key.nonce_for(url)

    def learn_nonce(self, url: str, nonce: str | None) -> None:
        """Remember what a service says in DPoP-Nonce."""
        if self._server.proof_key is not None:
            self._server.proof_key.learn(url, nonce)

    def forget(self, answer: TokenAnswer) -> bool:
        """Drop a token that a service called invalid, and say whether another one is worth asking for."""
        held = self._held
        if held is None or held.answer is not answer:
            return True
        if self._outside.monotonic() - held.asked_at < YOUNG_SECONDS:
            return False
        self._held = replace(held, renew_at=held.asked_at, good_until=held.asked_at)
        return True

    def _usable(self, held: _Held | None) -> _Held | None:
        """Return what can be given out at once, and see to the next one; None where there is nothing.

        Raises:
            ClientError: There is nothing, and it is too soon to ask again.
        """
        now = self._outside.monotonic()
        if held is not None and now < held.renew_at:
            return held
        failure = self._failure
        may_ask = failure is None or now >= failure.ask_again_at
        if held is not None and now < held.good_until:
            if may_ask:
                self._flight.start(_FLIGHT, lambda: self._renew(held))
            return held
        if failure is not None and not may_ask:
            raise _again(failure.error)
        return None

    def _renewed(self, seen: _Held | None) -> _Held:
        held, failure = self._held, self._failure
        if held is not None and held is not seen:
            return held
        if failure is not None:
            raise _again(failure.error)
        raise ServerUnavailableError("The authorization server takes too long.", code="server_unreachable")

    def _renew(self, seen: _Held | None) -> None:
        if self._held is not seen:
            # Somebody else's request ended after this asker had looked and before it could join.
            return
        started = self._outside.monotonic()
        try:
            answer = run_blocking(self._server.ask(self._grant, self._outside))
        except ClientError as error:
            self._failure = _Failure(error, self._outside.monotonic() + _pause_after(error, self._grant))
            _logger.warning("no token from %s: %s (%s) %r", self._server.issuer, error.code, error, error.detail)
            return
        self._failure = None
        self._held = _Held(answer, started, renew_at=started + answer.renew_after, good_until=started + answer.good_for)
        self._keep_successor(answer)

    def _keep_successor(self, answer: TokenAnswer) -> None:
        grant, successor = self._grant, answer.refresh_token
        if successor is None or not isinstance(grant, RefreshToken) or successor == grant.token:
            return
        self._grant = replace(grant, token=successor)
        if self._on_rotated is not None:
            self._on_rotated(successor)


def _pause_after(error: ClientError, grant: Grant) -> float:
    if isinstance(error, SignInAgainError) and isinstance(grant, RefreshToken):
        # A refresh token that is over stays so; to show it again would look like its theft.
        return float("inf")
    return max(RETRY_SECONDS, error.retry_after) if isinstance(error, ServerUnavailableError) else RETRY_SECONDS


def _again(error: ClientError) -> ClientError:
    # One exception object raised in many threads would collect all their tracebacks.
    copy = type(error).__new__(type(error), *error.args)
    copy.__dict__.update(error.__dict__)
    return copy
