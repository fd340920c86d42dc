"""A blocking listener for an event loop: a thread of its own reads, and hands over line by line.

Not one of the loop's executor: a feed would hold one of its few threads for ever, and the loop's end would wait for the
next line. This one is a daemon, and ends with the first line, or the end of the silence, after nobody listens any more.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Final

from tokensmith.outbound.fetch import FetchError, FetchRules
from tokensmith.outbound.listen import Listener

_AHEAD: Final = 16
# None is the end.
_Item = bytes | FetchError | None


async def listen_in_thread(
    listener: Listener, url: str, rules: FetchRules, headers: Mapping[str, str]
) -> AsyncIterator[bytes]:
    """Return line after line until it is over, or raise `FetchError`."""
    items: asyncio.Queue[_Item] = asyncio.Queue(_AHEAD)
    loop = asyncio.get_running_loop()
    is_over = threading.Event()

    def hand_over(item: _Item) -> None:
        putting = items.put(item)
        try:
            asyncio.run_coroutine_threadsafe(putting, loop).result(rules.total_seconds)
        except RuntimeError:
            putting.close()
            raise

    def read() -> None:
        # A loop that was closed, or that takes nothing any more, ends the thread and nothing else.
        with suppress(RuntimeError, TimeoutError, CancelledError):
            for item in _read(listener.listen(url, rules, headers)):
                if is_over.is_set():
                    return
                hand_over(item)

    threading.Thread(target=read, name=f"listening to {url}", daemon=True).start()
    try:
        while (item := await _next(items, rules)) is not None:
            if isinstance(item, FetchError):
                raise item
            yield item
    finally:
        is_over.set()


async def _next(items: asyncio.Queue[_Item], rules: FetchRules) -> _Item:
    # The listener gives a silence up by itself: one twice as long is a thread that is gone, whatever became of it.
    try:
        return await asyncio.wait_for(items.get(), 2 * rules.total_seconds)
    except TimeoutError:
        raise FetchError("The listener fell silent.", code="timed_out") from None


def _read(lines: Iterator[bytes]) -> Iterator[_Item]:
    try:
        yield from lines
    except FetchError as error:
        yield error
    else:
        yield None
