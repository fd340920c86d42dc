"""Hears from the issuer which status list to fetch again (server-sent events, HTML §9.2.6).

A hint and nothing more. It brings the delay of a revocation from the poll's seconds to a fraction of one; the bound
does not rest on it. What it says is a URL, and only lists in hand are fetched for it: whoever could write into the feed
would make us ask the issuer for what we ask it anyway.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.outside import Outside

# The server speaks every three seconds; three times as much silence is not its own.
_SILENCE_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 5.0
_DATA: Final = b"data:"
_logger: Final = logging.getLogger("tokensmith.guard")


class StatusFeed:
    """Listens for one issuer, in the background.

    Args:
        origin: The issuer's own; elsewhere a feed may be only where anybody's would be let through.
        heard: Is told each URL.
    """

    def __init__(self, *, origin: str, heard: Callable[[str, Outside], Awaitable[None]]) -> None:
        self._rules = FetchRules(trusted_origin=origin, total_seconds=_SILENCE_SECONDS)
        self._heard = heard
        self._ended_at: float | None = None

    def follow(self, url: str, outside: Outside) -> None:
        """Begin to listen, unless somebody does, or it has just ended."""
        if self._ended_at is None or outside.monotonic() - self._ended_at >= _RETRY_SECONDS:
            outside.in_background(f"feed {url}", lambda: self._listen(url, outside))

    async def _listen(self, url: str, outside: Outside) -> None:
        try:
            async for line in outside.listen(url, self._rules, {}):
                if line.startswith(_DATA):
                    await self._heard(line.removeprefix(_DATA).strip().decode("ascii", "replace"), outside)
        except FetchError as error:
            _logger.info("not listening to %s: %s %r", url, error, error.detail)
        finally:
            self._ended_at = outside.monotonic()
