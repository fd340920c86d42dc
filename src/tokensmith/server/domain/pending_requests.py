"""Authorization requests that wait: for a person to sign in or to say yes, or for a browser to bring them (RFC 9126).

One that was pushed and one that came by a browser are the same thing from here on: parameters under a name that nobody
can guess. Which browser it belongs to is settled when a browser first comes with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.ids import ClientId

# Long enough to find the paper with the password on it, and short enough that a forgotten page is no open door.
PENDING_SECONDS: Final = 3600
# RFC 9126 §2.2: "a relatively short time"; FAPI 2.0 §5.3.2.2: less than 600 s.
PUSHED_SECONDS: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRequest:
    """A request that waits.

    Attributes:
        digest: SHA-256 of its name; the name itself is stored nowhere.
        parameters: Those of the request, less what proved the client.
        resources: Every `resource` of it.
        pushed: It came by `/par`, so its client has proven itself.
        browser_digest: SHA-256 of the cookie of the browser it belongs to; None until one has come.
    """

    digest: bytes
    client_id: ClientId
    parameters: Mapping[str, str]
    resources: tuple[str, ...]
    pushed: bool
    browser_digest: bytes | None
    created_at_ms: int
    expires_at_ms: int


class PendingRequests(Protocol):
    """Where waiting requests are kept."""

    async def add(self, request: PendingRequest) -> None:
        """Store a new one."""

    async def find(self, digest: bytes) -> PendingRequest | None:
        """Return the one with this digest that is still in time."""

    async def claim(self, digest: bytes, *, browser_digest: bytes, until_ms: int) -> bool:
        """Give it to a browser and let it wait until then; False where it is over or another browser has it."""

    async def remove(self, digest: bytes) -> bool:
        """Take it out: it has been answered. Of any number of callers exactly one gets True."""

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that nobody answered in time; returns how many."""
