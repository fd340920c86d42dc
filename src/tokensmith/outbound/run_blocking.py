"""Step a coroutine to its end without an event loop.

The guard's plan is written once, as a coroutine. Where every question it asks is answered by a function that blocks, it
never suspends, and one `send` runs it from beginning to end.
"""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run *coroutine* now and return its result.

    Raises:
        RuntimeError: It suspended: something in it waits for an event loop, and none is here.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("a coroutine that waits for an event loop was run without one")
