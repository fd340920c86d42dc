"""Whoever waits hears at once that the process ends."""

import asyncio

import pytest

from tokensmith.server.web.ending import Ending

pytestmark = pytest.mark.anyio


async def test_waiting_ends_with_its_time() -> None:
    ending = Ending()
    await ending.wait(0.001)

    assert not ending.has_begun


async def test_waiting_ends_with_the_process() -> None:
    ending = Ending()
    waiting = asyncio.create_task(ending.wait(3600))
    await asyncio.sleep(0)
    ending.begin()
    await waiting

    assert ending.has_begun
