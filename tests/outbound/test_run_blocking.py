"""Stepping a coroutine without an event loop."""

import asyncio

import pytest

from tokensmith.outbound.run_blocking import run_blocking


def test_a_coroutine_that_never_waits_runs_to_its_end() -> None:
    async def inner() -> int:
        return 20

    async def outer() -> int:
        return await inner() + await inner() + 2

    assert run_blocking(outer()) == 42


def test_its_error_is_ours() -> None:
    async def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_blocking(fail())


def test_one_that_waits_is_closed_and_refused() -> None:
    """Nothing would ever wake it up again."""
    closed = []

    async def wait() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError, match="without one"):
        run_blocking(wait())

    assert closed == [True]
