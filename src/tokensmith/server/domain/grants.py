"""Grants: what one person (or one client for itself) allowed one client, and everything that hangs under it.

A grant names one or more audiences; each has its own scopes and, once a token was made for it, a place in a status
list. Ending a grant ends its refresh tokens and sets its bits: that is how a revocation reaches tokens that nobody
looks up (decision 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from tokensmith.server.domain.authorization_details import Details
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.users import User

NO_DETAILS: Final[Mapping[ResourceId, Details]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who may act for whom; *user_id* and *session_id* are None for a client that acts for itself.

    Attributes:
        signed_in_at_ms: When the person had proven who they are as this was granted: a session may see a later proof,
            and a refreshed ID token still tells of this one (Core §12.2). None: as the session says.
        amr: How they had; None: as the session says.
        offline: It goes on when the session ends (Core §11; Back-Channel Logout §2.7).
        expires_at_ms: When it is over if no refresh family keeps it; None for one that a family does.
    """

    id: GrantId
    client_id: ClientId
    user_id: UserId | None
    session_id: SessionId | None
    created_at_ms: int
    ended_at_ms: int | None
    signed_in_at_ms: int | None = None
    amr: tuple[str, ...] | None = None
    offline: bool = False
    expires_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedAudience:
    """What a grant allows at one resource; *place* is None until its next access token takes an index.

    With *details* (RFC 9396), *scopes* may be none.
    """

    resource: Resource
    scopes: frozenset[str]
    place: StatusPlace | None
    details: Details = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A grant with all that decides what its next token may say, read at one moment of the database.

    Attributes:
        user_scopes: What the person may do today; empty for a client that acts for itself.
        client_scopes: What the client may ask for today.
        signed_in_at_ms: When the person proved who they are; None for a client that acts for itself.
    """

    grant: Grant
    client: Client
    user: User | None
    amr: tuple[str, ...]
    signed_in_at_ms: int | None
    audiences: tuple[GrantedAudience, ...]
    user_scopes: dict[ResourceId, frozenset[str]]
    client_scopes: dict[ResourceId, frozenset[str]]
    now_ms: int


class Grants(Protocol):
    """Where grants are kept."""

    async def add(
        self,
        grant: Grant,
        *,
        audiences: dict[ResourceId, frozenset[str]],
        details: Mapping[ResourceId, Details] = NO_DETAILS,
    ) -> None:
        """Store a new grant with its audiences, their scopes, and what was granted beyond scopes."""

    async def standing(self, grant_id: GrantId) -> Standing | None:
        """Return the grant, ended or not, with everything its next token depends on."""

    async def standing_of_client_itself(self, client_id: ClientId) -> Standing | None:
        """Return the running grant by which the client acts for itself, with everything its next token depends on."""

    async def of_client_itself(self, client_id: ClientId) -> GrantId | None:
        """Return the running grant by which the client acts for itself."""

    async def by_assertion(self, client_id: ClientId, user_id: UserId) -> GrantId | None:
        """Return the running grant by which the client acts for the person on somebody else's word."""

    async def add_audience(self, grant_id: GrantId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the grant reach one more resource; nothing happens where it does already."""

    async def end(self, grant_id: GrantId) -> bool:
        """End the grant, its refresh tokens, and set its status bits; False where it had ended before."""

    async def end_of_session(self, session_id: SessionId) -> int:
        """End every running grant of the session that is not to outlive it; returns how many."""

    async def end_of_user(self, user_id: UserId) -> int:
        """End every running grant of the person; returns how many."""

    async def end_of_client(self, client_id: ClientId) -> int:
        """End every running grant of the client; returns how many."""

    async def expire_tokens(self, grant_id: GrantId) -> None:
        """Set the status bits of the grant's access tokens; the grant goes on, its next token takes a new index."""

    async def expire_tokens_of_user(self, user_id: UserId, *, resource_id: ResourceId) -> int:
        """Do the same for every running grant of the person at this resource, after a change of permissions."""

    async def expire_tokens_of_client(self, client_id: ClientId, *, resource_id: ResourceId) -> int:
        """Do the same for every running grant of the client at this resource, after a change of permissions."""

    async def lasts(self, grant_id: GrantId, *, until_ms: int | None) -> None:
        """Store when the grant is over by itself; None: when its refresh family is."""

    async def end_expired(self, *, limit: int) -> int:
        """End at most *limit* running grants that are over, or whose refresh family is; returns how many."""
