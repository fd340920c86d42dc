"""Work in the background."""

import asyncio
import logging

import pytest

from tokensmith.server.ops.soon import Soon

pytestmark = pytest.mark.anyio


async def test_it_is_done_once_at_a_time_and_once_more_if_asked_meanwhile() -> None:
    running, most, times = 0, 0, 0
    go = asyncio.Event()

    async def work() -> None:
        nonlocal running, most, times
        running, times = running + 1, times + 1
        most = max(most, running)
        await go.wait()
        running -= 1

    soon = Soon(work)
    await soon.finished()
    soon()
    await asyncio.sleep(0)
    for _ in range(5):
        soon()
    go.set()
    await soon.finished()
    assert (times, most) == (2, 1)
    soon()
    await soon.finished()
    assert times == 3


async def test_a_failure_is_logged_and_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise OSError("no network")

    soon = Soon(fail)
    with caplog.at_level(logging.WARNING):
        soon()
        await soon.finished()

    assert "background work failed" in caplog.text
