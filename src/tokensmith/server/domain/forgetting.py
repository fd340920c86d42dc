"""What is over for long enough is forgotten: a table that only grows is slower every day, and tells of more people.

A while passes first: until then whoever comes with an old token is told that it was ended, and not that nobody has ever
heard of it; that difference is what an operator looks for when something was odd.
"""

from typing import Final, Protocol

from tokensmith.server.domain.clock import MILLISECONDS

KEPT_MS: Final = 7 * 24 * 3600 * MILLISECONDS


class Forgetting(Protocol):
    """Takes rows away; each call is a bounded piece and says how much it did."""

    async def grants(self, *, limit: int) -> int:
        """Forget grants that ended `KEPT_MS` ago with what hung under them, and sessions whose last one that was."""

    async def sessions(self, *, limit: int) -> int:
        """Forget sessions of browsers that were over `KEPT_MS` ago and have no grants."""

    async def audit(self, *, keep_ms: int, limit: int) -> int:
        """Forget the oldest events, as far as they are older than that."""
