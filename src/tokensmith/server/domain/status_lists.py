"""Places in Token Status Lists: one bit by which a running access token can be ended (Token Status List §4, §6).

A place is random within its list, so that neighbouring bits say nothing about who signed in after whom; it is freed
only after the last token that carried it has expired, so that no bit is ever read for the wrong token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.ids import GrantId, ResourceId

LIST_SIZE: Final = 2**17
RESIGN_AFTER_SECONDS: Final = 150
TOKEN_LIFETIME_SECONDS: Final = 300
POLL_SECONDS: Final = 2

# No access token lives longer, whatever a client is set to.
LONGEST_TOKEN_SECONDS: Final = 24 * 3600

# A guard may forgive a token 600 s of clock difference, and a token may be minted from a place that was given up while
# its transaction ran: the bit stays set for as long as either could let a revoked token pass.
SET_FOR_SECONDS: Final = LONGEST_TOKEN_SECONDS + 15 * 60

# A guard may go on with a list that is `max_stale` old: an index whose bit was cleared is given to nobody until no
# guard can still see it set, or a new token would be refused for an old one's sake.
CLEARED_FOR_SECONDS: Final = 10 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPlace:
    """One bit: *index* in 0…131071 of list *list_id*."""

    list_id: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusVersion:
    """Where a list stands: *version* grows with every bit that changes; *now_ms* is the database's time of reading."""

    list_id: int
    version: int
    now_ms: int

    @property
    def window(self) -> int:
        """The number of the re-signing window the moment lies in, the same in every process."""
        return self.now_ms // (RESIGN_AFTER_SECONDS * 1000)

    @property
    def etag(self) -> str:
        """The entity tag of the signed list: the same from every process, new when a bit or the window changed."""
        return f'"{self.list_id}.{self.version}.{self.window}"'


class StatusLists(Protocol):
    """Where places are kept."""

    async def take(self, grant_id: GrantId, resource_id: ResourceId) -> StatusPlace:
        """Give the grant's audience a new random place and return it; two racers get the same one.

        A place that the audience holds already is returned as it is. It is held for as long as the grant runs and uses
        it; once it is given up (`Grants.end`, `Grants.expire_tokens`) its bit is set for `SET_FOR_SECONDS`.

        Raises:
            InvalidGrantError: the grant has ended, or does not reach the resource (`grant_ended`): a place taken then
                would be one that no revocation reaches.
        """

    async def version(self, list_id: int) -> StatusVersion | None:
        """Return where the list stands; None where there is no such list."""

    async def revoked_indexes(self, list_id: int) -> tuple[int, ...]:
        """Return every index of the list whose bit is set, in no particular order."""

    async def list_ids(self) -> tuple[int, ...]:
        """Return the ids of all lists, in order (Token Status List §9.3)."""

    async def versions(self) -> Mapping[int, int]:
        """Return the version of every list, by its id."""

    async def holder(self, place: StatusPlace) -> GrantId | None:
        """Return the running grant whose tokens carry the place; None where its bit is set or nobody holds it."""

    async def touch_all(self) -> None:
        """Give every list a new version, so that guards fetch it again (a key was retired as compromised)."""

    async def sweep(self, *, limit: int) -> int:
        """Clear at most *limit* bits that were set `SET_FOR_SECONDS` ago; returns how many.

        Their indexes can be taken again `CLEARED_FOR_SECONDS` later, at a later sweep.
        """
