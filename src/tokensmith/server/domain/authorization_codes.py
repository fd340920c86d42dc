"""Authorization codes: good once, for a minute, for the client and the request they were made for (RFC 6749 §4.1.2)."""

from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.ids import GrantId, ResourceId

# RFC 6749 §4.1.2 allows ten minutes; FAPI 2.0 §5.3.2.1 one.
CODE_SECONDS: Final = 60
# How long a used code is known as used, so that its second coming is told from nonsense.
REMEMBERED_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """A code, by its digest, and what redeeming it has to match.

    Attributes:
        redirect_uri: Where it was sent; None where the request named none, and then the redemption need not either.
        challenge: The S256 challenge (RFC 7636); None for a client that may do without.
        nonce: Goes into the ID token (Core §3.1.2.1).
        key_thumbprint: The key that redeems it (RFC 9449 §10); None for any.
        resource_id: What its access token is for where the redemption names no resource.
    """

    digest: bytes
    grant_id: GrantId
    redirect_uri: str | None
    challenge: str | None
    nonce: str | None
    key_thumbprint: str | None
    resource_id: ResourceId
    expires_at_ms: int
    consumed_at_ms: int | None = None


class AuthorizationCodes(Protocol):
    """Where codes are kept."""

    async def add(self, code: AuthorizationCode) -> None:
        """Store a new code."""

    async def find(self, digest: bytes) -> AuthorizationCode | None:
        """Return the code with this digest, used or not, in time or not."""

    async def consume(self, digest: bytes) -> bool:
        """Mark the code as used; of any number of callers exactly one gets True, and nobody after its time."""

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* codes that were over `REMEMBERED_SECONDS` ago; returns how many."""
