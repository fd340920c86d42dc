"""The end of a process, for answers that would go on without one: a server waits for what it has begun."""

import asyncio
from contextlib import suppress
from typing import Final

ENDING: Final = "ending"
"""Where the lifespan's state has it."""


class Ending:
    """Whether the process was told to stop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def has_begun(self) -> bool:
        """Whether it was."""
        return self._event.is_set()

    def begin(self) -> None:
        """Tell everybody who waits."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the end begins."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
