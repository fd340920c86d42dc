"""Tells clients that a person signed out (OpenID Connect Back-Channel Logout §2.4, §2.5)."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.logout_notices import MAX_ATTEMPTS, LogoutNotice, wait_ms
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.mint import Mint

BATCH: Final = 20
_LOG: Final = logging.getLogger("tokensmith.server.logout")


class LogoutPoster(Protocol):
    """Brings a logout token to a client."""

    async def post(self, uri: str, token: str, *, is_trusted: bool) -> str | None:
        """Post it; return in a word why it was not taken, None where it was. Never raises.

        Args:
            is_trusted: An operator wrote the address down, so it may be one of the operator's own network.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverLogouts:
    """The flow. Any number of processes run it; each notice is with one of them at a time."""

    store: Store
    mint: Mint
    poster: LogoutPoster

    async def run(self) -> int:
        """Deliver what is due, a bounded piece at a time; returns how many were tried.

        Raises:
            UnavailableError: the database cannot be reached; what was claimed is due again in a minute.
        """
        claimed = await self.store.write(lambda uow: uow.logout_notices.claim(limit=BATCH))
        await asyncio.gather(*map(self._deliver, claimed))
        return len(claimed)

    async def _deliver(self, notice: LogoutNotice) -> None:
        client = await self.store.read(lambda uow: uow.clients.find(notice.client_id))
        error = await self._tell(notice, client)
        gives_up = error is None or notice.attempts >= MAX_ATTEMPTS

        async def unit(uow: UnitOfWork) -> None:
            due_at_ms = None if gives_up else await uow.now_ms() + wait_ms(notice.attempts)
            await uow.logout_notices.done(notice.id, error=error, due_at_ms=due_at_ms)

        await self.store.write(unit)
        facts = {"client": notice.client_id, "session": notice.session_id, "attempt": notice.attempts}
        if error is None:
            _LOG.info("logout delivered", extra=facts)
        else:
            _LOG.warning("logout not delivered", extra={**facts, "error": error, "gave_up": gives_up})

    async def _tell(self, notice: LogoutNotice, client: Client | None) -> str | None:
        uri = None if client is None else client.registration.backchannel_logout_uri
        if client is None or uri is None or client.disabled:
            return "not_registered"
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        token = await self.mint.logout_token(
            client, subject=notice.user_id, session_id=notice.session_id, now_ms=now_ms
        )
        return await self.poster.post(uri, token, is_trusted=client.registration.is_vouched_for)
