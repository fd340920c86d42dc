"""Many askers, one fetch: the one place where the blocking and the asynchronous world differ.

When keys run out, a thousand requests notice at the same moment. One of them starts the work; it runs apart from all of
them, so that it goes on when the one who started it is cancelled, and the others wait for the same end.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final

# Longer than any fetch may take, name resolution included: a lost worker must not hold a request for ever.
_PATIENCE_SECONDS: Final = 30.0
_logger: Final = logging.getLogger("tokensmith.outbound")


class ThreadFlight:
    """The thread edition: work runs in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[None]] = {}
        self._process = os.getpid()

    def start(self, name: str, work: Callable[[], None]) -> Future[None]:
        """Start *work*, or return what is under way under this *name*."""
        with self._lock:
            if self._process != os.getpid():
                # Threads do not survive a fork: what the parent had under way will never end here.
                self._under_way.clear()
                self._process = os.getpid()
            future = self._under_way.get(name)
            if future is None:
                future = self._under_way[name] = Future()
                future.set_running_or_notify_cancel()
                threading.Thread(target=self._run, args=(name, work, future), name=name, daemon=True).start()
        return future

    def join(self, name: str, work: Callable[[], None], *, patience: float = _PATIENCE_SECONDS) -> None:
        """Start *work* or find it under way, and wait for its end, at most *patience* seconds."""
        try:
            self.start(name, work).result(patience)
        except TimeoutError:
            return

    async def join_async(self, name: str, work: Callable[[], None], *, patience: float = _PATIENCE_SECONDS) -> None:
        """Do the same without blocking the event loop: for what must not be done twice at once, whoever asks."""
        waiting = asyncio.wrap_future(self.start(name, work))
        try:
            await asyncio.wait([waiting], timeout=patience)
        finally:
            # Whoever gives up lets go of its own end alone: what is running cannot be cancelled.
            waiting.cancel()

    def _run(self, name: str, work: Callable[[], None], future: Future[None]) -> None:
        try:
            work()
        except Exception:
            # Work reports its own failures; this one is a mistake in it, and must not be lost with the thread.
            _logger.exception("fetching %s failed", name)
        finally:
            with self._lock:
                self._under_way.pop(name, None)
            future.set_result(None)


class AsyncFlight:
    """The asynchronous edition: work runs in a task of its own, once per event loop."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Task[None]] = {}

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        """Start *work*, or return what is under way under this *name* in the running loop."""
        key = (asyncio.get_running_loop(), name)
        task = self._under_way.get(key)
        if task is None:
            # A loop that was closed in the middle never calls back; its tasks are dropped here.
            self._under_way = {key: task for key, task in self._under_way.items() if not key[0].is_closed()}
            task = self._under_way[key] = asyncio.create_task(work(), name=name)
            task.add_done_callback(lambda _task: self._under_way.pop(key, None))
        return task

    async def join(
        self, name: str, work: Callable[[], Coroutine[Any, Any, None]], *, patience: float = _PATIENCE_SECONDS
    ) -> None:
        """Start *work* or find it under way, and wait for its end, at most *patience* seconds."""
        await asyncio.wait([self.start(name, work)], timeout=patience)
