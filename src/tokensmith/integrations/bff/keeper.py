"""Keeps sessions, and renews their tokens once, however many requests notice at the same moment that it is time.

A page asks for ten things at once, of several processes. One of them claims the session in the store and asks; the
others go on with the token they have while it is good, and wait for the next one where it is not. A refresh token is
never shown twice at once: most servers would take the second for a thief and end the whole sign-in (RFC 9700 §4.14.2).
"""

import logging
import secrets
from contextlib import suppress
from typing import Final

from tokensmith.client import ClientError, RefreshToken, ServerUnavailableError, SignInAgainError
from tokensmith.integrations.bff.doors import World
from tokensmith.integrations.bff.sealing import Sealer
from tokensmith.integrations.bff.sessions import Session, SessionStore, name_of
from tokensmith.jose.jwt import Clock

# Longer than a token request may take, metadata and a second try for a nonce included: two claims at once would show
# the refresh token twice. Whoever dies meanwhile holds the others up no longer.
CLAIM_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 0.05
_TRIES: Final = int(1.1 * CLAIM_SECONDS / PAUSE_SECONDS)
_logger: Final = logging.getLogger("tokensmith.bff")


class Keeper:
    """Keeps sessions in a store, sealed.

    Args:
        store: Where.
        sealer: Whoever reads the store reads nothing.
        resource: What tokens are asked for, as at the sign-in.
        clock: Says the time.
    """

    def __init__(self, store: SessionStore, sealer: Sealer, *, resource: str | None, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._resource = resource
        self.now = clock.now

    async def begin(self, session: Session) -> str:
        """Keep a new session and return its number, which only its owner's browser may have.

        Raises:
            ServerUnavailableError: The store cannot be reached ("sessions_unavailable"); so do all the others.
        """
        number = secrets.token_urlsafe(32)
        content = self._sealer.seal(session.to_json())
        await self._store.save(name_of(number), content, seconds=self._left(session))
        return number

    async def find(self, number: str) -> Session | None:
        """Return a session as it is, its tokens perhaps over; None where there is none."""
        return await self._load(name_of(number))

    async def end(self, number: str) -> None:
        """Forget a session."""
        await self._store.delete(name_of(number))

    async def current(self, number: str, world: World) -> Session | None:
        """Return a session with a token that is good now; None where its owner has to sign in again.

        Raises:
            ServerUnavailableError: No token could be had, which may change.
            ClientError: The authorization server refuses this service, or breaks a rule.
        """
        name = name_of(number)
        for _ in range(_TRIES):
            session = await self._load(name)
            if session is None or self.now() < session.renew_at:
                return session
            mine = secrets.token_hex(8)
            if await self._store.claim(name, by=mine, seconds=CLAIM_SECONDS):
                try:
                    return await self._renew(name, world)
                finally:
                    await self._store.release(name, by=mine)
            if self.now() < session.good_until:
                return session
            await world.pause(PAUSE_SECONDS)
        raise ServerUnavailableError("The next token takes too long.", code="server_unreachable")

    async def _renew(self, name: str, world: World) -> Session | None:
        # Anew: somebody else's renewal may have ended between the look and the claim.
        session = await self._load(name)
        if session is None or self.now() < session.renew_at:
            return session
        is_good = self.now() < session.good_until
        token = session.answer.refresh_token
        if token is None:
            if not is_good:
                await self._store.delete(name)
            return session if is_good else None
        started = self.now()
        try:
            answer = await world.ask(RefreshToken(token, resource=self._resource))
        except SignInAgainError as error:
            _logger.info("a session is over: %s %r", error.error, error.detail)
            await self._store.delete(name)
            return None
        except ServerUnavailableError:
            if is_good:
                return session
            raise
        renewed = session.renewed(answer, now=started)
        if await self._store.replace(name, self._sealer.seal(renewed.to_json()), seconds=self._left(renewed)):
            return renewed
        # Its owner signed out meanwhile, and gave up the token before this one.
        with suppress(ClientError):
            await world.revoke(renewed.answer.refresh_token or token)
        return None

    async def _load(self, name: str) -> Session | None:
        sealed = await self._store.load(name)
        members = None if sealed is None else self._sealer.open(sealed)
        session = None if members is None else Session.from_json(members.to_dict())
        return session if session is not None and self.now() < session.ends_at else None

    def _left(self, session: Session) -> float:
        return session.ends_at - self.now()
