"""Many askers, one fetch; with real threads and real event loops."""

import asyncio
import os
import threading
from contextlib import suppress

import pytest

from tokensmith.outbound.single_flight import AsyncFlight, ThreadFlight

ASKERS = 8


def test_threads_that_ask_together_share_one_run() -> None:
    flight, gate, runs = ThreadFlight(), threading.Event(), []

    def work() -> None:
        runs.append(1)
        gate.wait(5)

    futures = [flight.start("keys", work) for _ in range(ASKERS)]
    gate.set()
    for future in futures:
        future.result(5)

    assert len(runs) == 1


def test_a_later_asker_starts_anew() -> None:
    flight, runs = ThreadFlight(), []
    for _ in range(2):
        flight.join("keys", lambda: runs.append(1))

    assert len(runs) == 2


def test_different_names_do_not_wait_for_each_other() -> None:
    flight, gate = ThreadFlight(), threading.Event()
    slow = flight.start("a", lambda: gate.wait(5) and None)
    flight.join("b", lambda: None)

    assert not slow.done()
    gate.set()
    slow.result(5)


def test_a_thread_loses_patience() -> None:
    """A lost worker must not hold a request for ever."""
    flight, gate, finished = ThreadFlight(), threading.Event(), threading.Event()

    def work() -> None:
        gate.wait(5)
        finished.set()

    flight.join("keys", work, patience=0.01)

    assert not finished.is_set()
    gate.set()
    assert finished.wait(5)


def test_a_failing_run_holds_nobody_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Work reports its own failures; should it raise after all, its askers go on."""

    def fail() -> None:
        raise OSError("boom")

    flight, runs = ThreadFlight(), []
    flight.join("keys", fail, patience=5)
    flight.join("keys", lambda: runs.append(1))

    assert runs == [1]
    assert "boom" in caplog.text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_process_does_not_wait_for_its_parents_threads() -> None:
    """Servers that fork after loading: what was under way never ends in the child."""
    flight, gate = ThreadFlight(), threading.Event()
    flight.start("keys", lambda: gate.wait(5) and None)
    child = os.fork()
    if child == 0:
        ran: list[int] = []
        flight.join("keys", lambda: ran.append(1), patience=5)
        os._exit(0 if ran == [1] else 1)
    _, status = os.waitpid(child, 0)
    gate.set()

    assert os.waitstatus_to_exitcode(status) == 0


def test_tasks_that_ask_together_share_one_run() -> None:
    runs = []

    async def work() -> None:
        runs.append(1)
        await asyncio.sleep(0)

    async def main() -> None:
        flight = AsyncFlight()
        await asyncio.gather(*(flight.join("keys", work) for _ in range(ASKERS)))
        assert flight._under_way == {}

    asyncio.run(main())

    assert len(runs) == 1


def test_a_cancelled_asker_does_not_cancel_the_work() -> None:
    """The others still wait for it."""

    async def main() -> bool:
        flight, gate, done = AsyncFlight(), asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await gate.wait()
            done.set()

        first = asyncio.create_task(flight.join("keys", work))
        second = asyncio.create_task(flight.join("keys", work))
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        await second
        return done.is_set() and first.cancelled()

    assert asyncio.run(main())


def test_a_task_loses_patience() -> None:
    async def main() -> None:
        flight, gate, finished = AsyncFlight(), asyncio.Event(), asyncio.Event()

        async def work() -> None:
            with suppress(TimeoutError):
                await asyncio.wait_for(gate.wait(), 1)
            finished.set()

        await flight.join("keys", work, patience=0.01)
        assert not finished.is_set()
        gate.set()
        await flight.join("keys", work)
        assert finished.is_set()

    asyncio.run(main())


def test_each_event_loop_has_its_own_flight() -> None:
    """A guard made at import time serves loop after loop; what a closed one left behind is forgotten."""
    flight, runs = AsyncFlight(), []

    async def never() -> None:
        await asyncio.Event().wait()

    async def work() -> None:
        runs.append(1)

    first = asyncio.new_event_loop()
    task = first.run_until_complete(_start(flight, never))
    task.cancel()
    first.close()
    second = asyncio.new_event_loop()
    second.run_until_complete(flight.join("keys", work))
    second.close()

    assert runs == [1]
    assert flight._under_way == {}


async def _start(flight: AsyncFlight, work: object) -> asyncio.Task[None]:
    return flight.start("keys", work)  # type: ignore[arg-type]
