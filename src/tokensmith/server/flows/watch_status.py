"""Says which status lists have changed, soon after they did; what the feed for guards is made of (decision 7).

However many listen, a process asks its database once per interval for all of them; while nobody does, not at all. A
bit may have been set by any process, so the database is asked, and no bus that could lose a message.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tokensmith.server.domain.token_claims import status_list_uri
from tokensmith.server.domain.unit_of_work import Store

WATCH_SECONDS: Final = 0.2

Versions = Mapping[str, int]


@dataclass(slots=True)
class _Seen:
    """What the database said last, and when it was asked."""

    versions: Versions = field(default_factory=dict)
    asked_at: float = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStatus:
    """The flow.

    Attributes:
        monotonic: Says the seconds that the interval is measured in.
    """

    issuer: str
    store: Store
    monotonic: Callable[[], float] = time.monotonic
    _seen: _Seen = field(default_factory=_Seen, repr=False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def versions(self) -> Versions:
        """Return the version of every list, by its URI, at most `WATCH_SECONDS` old.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        async with self._asking:
            started = self.monotonic()
            if started - self._seen.asked_at >= WATCH_SECONDS:
                found = await self.store.read(lambda uow: uow.status_lists.versions())
                self._seen.versions = {status_list_uri(self.issuer, number): found[number] for number in found}
                self._seen.asked_at = started
            return self._seen.versions


def changed(versions: Versions, *, since: Versions) -> list[str]:
    """Return the URIs of the lists that are new or have another version than they had."""
    return [uri for uri, version in versions.items() if since.get(uri) != version]
