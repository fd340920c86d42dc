"""Work that is done right after an answer, and that a job does again where this process does not get to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

_LOG: Final = logging.getLogger("tokensmith.server.jobs")


class Soon:
    """Runs a piece of work in the background, once at a time; asked for meanwhile, it runs once more."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def __call__(self) -> None:
        """Have it done; does not wait."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def finished(self) -> None:
        """Wait until there is nothing left to do."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._again:
            self._again = False
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - the job tries again, whatever it was
                _LOG.warning("background work failed", exc_info=error)
