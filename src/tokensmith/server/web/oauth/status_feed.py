"""`GET /status/feed`: tells guards at once which status list to fetch again, as server-sent events (HTML §9.2).

A hint and nothing more: it carries no status, and a guard that hears nothing polls as ever. Each event is the URI of
one list; the first ones name every list, so that whoever comes back has missed nothing. A comment now and then shows
that the connection still stands.
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.flows.watch_status import WATCH_SECONDS, Versions, WatchStatus, changed
from tokensmith.server.web.ending import Ending

FEED_PATH: Final = "/status/feed"
HEARTBEAT_SECONDS: Final = 3.0
# Of one process. Each holds a connection and a few kilobytes, and whoever is refused polls.
MAX_LISTENERS: Final = 1000
_HEARTBEAT: Final = b":\n\n"


@dataclass(slots=True)
class _Listeners:
    count: int = 0


class _Feed(StreamingResponse):
    """A stream that is counted for as long as it is sent."""

    def __init__(self, events: AsyncIterator[bytes], listeners: _Listeners) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it to its end."""
        self._listeners.count += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._listeners.count -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFeedHandler:
    """The handler.

    Attributes:
        ending: Ends every feed with the process.
        monotonic: Says the seconds between two signs of life.
    """

    watch: WatchStatus
    ending: Ending
    max_listeners: int = MAX_LISTENERS
    monotonic: Callable[[], float] = time.monotonic
    _listeners: _Listeners = field(default_factory=_Listeners, repr=False)

    async def __call__(self, request: Request) -> Response:  # noqa: ARG002 - every handler is given the request
        """Answer with a stream that lasts as long as the process, the caller and the database do.

        Raises:
            UnavailableError: there are too many listeners already, or the database cannot be reached.
        """
        # Before the head is sent, so that a database that is away is still a 503.
        first = await self.watch.versions()
        # From here until it is counted nothing is waited for, so many at once do not slip past together.
        if self._listeners.count >= self.max_listeners:
            raise UnavailableError("There are too many listeners.", code="too_many_listeners")
        return _Feed(self._events(first), self._listeners)

    async def _events(self, versions: Versions) -> AsyncIterator[bytes]:
        known: Versions = {}
        spoke_at = self.monotonic()
        try:
            while not self.ending.has_begun:
                news = changed(versions, since=known)
                if news or self.monotonic() - spoke_at >= HEARTBEAT_SECONDS:
                    spoke_at = self.monotonic()
                    yield b"".join(b"data: %b\n\n" % uri.encode() for uri in news) or _HEARTBEAT
                known = versions
                await self.ending.wait(WATCH_SECONDS)
                versions = await self.watch.versions()
        except UnavailableError:
            # The head is long sent: all that can be said is that there is no more. Guards poll, and come back.
            return
