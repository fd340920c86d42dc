"""The two answers to `Outside`: one that blocks, and one that waits in an event loop."""

from collections.abc import AsyncIterator, Callable, Mapping

from tokensmith.jose.jwt import Clock
from tokensmith.outbound.fetch import AsyncFetcher, Fetcher, FetchRules, Response
from tokensmith.outbound.listen import AsyncListener, Listener, cannot_listen
from tokensmith.outbound.outside import Work
from tokensmith.outbound.post import AsyncPoster, Form, Poster, cannot_post
from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.outbound.single_flight import AsyncFlight, ThreadFlight


class BlockingOutside:
    """The door for threads: every question is answered before the next step."""

    def __init__(self, fetcher: Fetcher, monotonic: Callable[[], float], clock: Clock) -> None:
        self._fetcher = fetcher
        self._flight = ThreadFlight()
        self.monotonic = monotonic
        self.now = clock.now

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url*, or raise `FetchError`."""
        return self._fetcher.fetch(url, rules, headers)

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url*, or raise `FetchError`."""
        if not isinstance(self._fetcher, Poster):
            raise cannot_post(self._fetcher)
        return self._fetcher.post(url, rules, headers, form)

    async def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        if not isinstance(self._fetcher, Listener):
            raise cannot_listen(self._fetcher)
        for line in self._fetcher.listen(url, rules, headers):
            yield line

    async def shared(self, name: str, work: Work) -> None:
        """Wait until *work* is done, once for everybody who asks for *name* meanwhile."""
        self._flight.join(name, lambda: run_blocking(work()))

    def in_background(self, name: str, work: Work) -> None:
        """Have *work* done without waiting, unless *name* is under way already."""
        self._flight.start(name, lambda: run_blocking(work()))


class AsyncOutside:
    """The door for event loops."""

    def __init__(self, fetcher: AsyncFetcher, monotonic: Callable[[], float], clock: Clock) -> None:
        self._fetcher = fetcher
        self._flight = AsyncFlight()
        self.monotonic = monotonic
        self.now = clock.now

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        """GET *url*, or raise `FetchError`."""
        return await self._fetcher.fetch(url, rules, headers)

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        """POST *form* to *url*, or raise `FetchError`."""
        if not isinstance(self._fetcher, AsyncPoster):
            raise cannot_post(self._fetcher)
        return await self._fetcher.post(url, rules, headers, form)

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """GET *url* and return line after line until it is over, or raise `FetchError`."""
        if not isinstance(self._fetcher, AsyncListener):
            raise cannot_listen(self._fetcher)
        return self._fetcher.listen(url, rules, headers)

    async def shared(self, name: str, work: Work) -> None:
        """Wait until *work* is done, once for everybody who asks for *name* meanwhile."""
        await self._flight.join(name, work)

    def in_background(self, name: str, work: Work) -> None:
        """Have *work* done without waiting, unless *name* is under way already."""
        self._flight.start(name, work)
