"""Sessions: one sign-in of one person, on one device, from its first moment to its end."""

from dataclasses import dataclass
from typing import Protocol

from tokensmith.server.domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in. `amr` says how it was proven (RFC 8176); *ended_at_ms* is None while it lasts.

    Attributes:
        secret_digest: SHA-256 of the cookie that a browser shows for it; None for a sign-in without a browser.
        seen_at_ms: When the browser last came with it, to within a few minutes.
        expires_at_ms: When it is over whatever happens; None for a sign-in that lives as long as its grants.
    """

    id: SessionId
    user_id: UserId
    amr: tuple[str, ...]
    signed_in_at_ms: int
    ended_at_ms: int | None
    secret_digest: bytes | None = None
    seen_at_ms: int | None = None
    expires_at_ms: int | None = None


class Sessions(Protocol):
    """Where sessions are kept."""

    async def add(self, session: Session) -> None:
        """Store a new session."""

    async def find(self, session_id: SessionId) -> Session | None:
        """Return the session with this id."""

    async def find_by_secret(self, secret_digest: bytes) -> Session | None:
        """Return the session whose browser shows this secret."""

    async def renew(self, session: Session) -> bool:
        """Store a new sign-in over a running session of the same person: how, when, until when, and its new secret.

        False where it has ended.
        """

    async def seen(self, session_id: SessionId) -> None:
        """Note that the browser came, at the database's time."""

    async def running_of(self, user_id: UserId) -> tuple[SessionId, ...]:
        """Return the person's sessions that have not ended; from here on no new one begins before this unit is over."""

    async def end(self, session_id: SessionId) -> bool:
        """End the session; False where it had ended before. Ending its grants is the caller's next step."""
