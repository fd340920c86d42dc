"""Sessions: one sign-in of one person, on one device, from its first moment to its end."""

from dataclasses import dataclass
from typing import Protocol

from tokensmith.server.domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in. `amr` says how it was proven (RFC 8176); *ended_at_ms* is None while it lasts."""

    id: SessionId
    user_id: UserId
    amr: tuple[str, ...]
    signed_in_at_ms: int
    ended_at_ms: int | None


class Sessions(Protocol):
    """Where sessions are kept."""

    async def add(self, session: Session) -> None:
        """Store a new session."""

    async def find(self, session_id: SessionId) -> Session | None:
        """Return the session with this id."""

    async def end(self, session_id: SessionId) -> bool:
        """End the session; False where it had ended before. Ending its grants is the caller's next step."""
