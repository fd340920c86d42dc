"""Outside: the few things that guard and client may ask of the world, so that what they do can be written once.

There are two answers to this protocol (`doors.py`), one that waits in an event loop and one that blocks; tests have a
third that reads from a script. Nothing else in those rooms touches clock, network or threads.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, Protocol

from tokensmith.outbound.fetch import FetchRules, Response
from tokensmith.outbound.post import Form

Work = Callable[[], Coroutine[Any, Any, None]]


class Outside(Protocol):
    """Clock, network, and "somebody is already fetching that"."""

    def monotonic(self) -> float:
        """Return seconds on a clock that nobody sets; ages are measured with it."""
        ...

    def now(self) -> float:
        """Return seconds since 1970; what tokens carry is compared with it."""
        ...

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url*, or raise `FetchError`."""
        ...

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url*, or raise `FetchError`."""
        ...

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        ...

    async def shared(self, name: str, work: Work) -> None:
        """Wait until *work* is done, once for everybody who asks for *name* meanwhile.

        Returns without it being done when it takes longer than any fetch may; *work* itself never raises.
        """
        ...

    def in_background(self, name: str, work: Work) -> None:
        """Have *work* done without waiting, unless *name* is under way already."""
        ...
