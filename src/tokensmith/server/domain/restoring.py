"""What a restored backup brings back to life. It knows nothing of what ended after it was made, so all of it ends.

A grant that was revoked since runs again, a session that was signed out of goes on, a consent that was withdrawn is
there. Which of them it was is lost with the rows that said so: whatever began before is taken for ended.
"""

from typing import Protocol

from tokensmith.server.domain.ids import GrantId, SessionId, UserId


class Restoring(Protocol):
    """Finds what came back, a bounded piece at a time, in the order of ids; *after* is the last id of the piece before.

    Ending what is found is the business of `Sessions` and `Grants`.
    """

    async def sessions(self, *, until_ms: int, after: str, limit: int) -> tuple[tuple[SessionId, UserId], ...]:
        """Return running sessions whose person signed in by then."""

    async def grants(self, *, until_ms: int, after: str, limit: int) -> tuple[GrantId, ...]:
        """Return running grants that were made by then, or later by a person who had signed in by then."""

    async def forget_consents(self, *, until_ms: int, limit: int) -> int:
        """Forget consents given by then; returns how many scopes of them."""

    async def running_grants(self) -> int:
        """Return how many grants run."""

    async def renew_lists(self) -> None:
        """Give every status list a version that none has had, in this database or in the one that was lost.

        A guard asks for what is newer than the version it holds. The restored number may have been counted up before,
        to another list than it would be now: that guard would be told that nothing has changed.
        """
