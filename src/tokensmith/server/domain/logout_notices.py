"""Clients that have to hear that a person signed out (OpenID Connect Back-Channel Logout §2): an outbox, and a log.

A notice is written in the transaction that ends the session, and sent afterwards, again and again until the client has
taken it or it is too late to matter.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import ClientId, SessionId, UserId

MAX_ATTEMPTS: Final = 8
FIRST_WAIT_MS: Final = 10 * MILLISECONDS
# Two others may be sending while the first one waits for its answer; nobody sends the same one meanwhile.
CLAIM_MS: Final = 60 * MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutNotice:
    """One client to be told of the end of one session.

    Attributes:
        attempts: How often it was tried, this time included.
        due_at_ms: When it is tried again if nothing is heard of this attempt; None for one that is done with.
        error: Why the last attempt failed, in a word; None where it did not, or there was none.
    """

    id: str
    client_id: ClientId
    user_id: UserId
    session_id: SessionId
    attempts: int
    due_at_ms: int | None
    error: str | None


def wait_ms(attempts: int) -> int:
    """Return how long to wait after that many attempts: ten seconds, then three times as long each time."""
    return FIRST_WAIT_MS * int(3 ** (attempts - 1))


class LogoutNotices(Protocol):
    """Where they are kept."""

    async def add(self, notice: LogoutNotice) -> None:
        """Store a new one."""

    async def listening(self, session_id: SessionId) -> tuple[Client, ...]:
        """Return the clients that hold a grant of this session, running or not, and want to hear of its end."""

    async def claim(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        """Take at most *limit* that are due, for `CLAIM_MS`; nobody else gets them meanwhile."""

    async def done(self, notice_id: str, *, error: str | None, due_at_ms: int | None) -> None:
        """Store what became of an attempt: None for *due_at_ms* where there is no next one."""

    async def latest(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        """Return the newest ones, newest first."""

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that were done with a week ago; returns how many."""
