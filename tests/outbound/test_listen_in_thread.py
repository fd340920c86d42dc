"""The thread that reads for an event loop ends when nobody listens any more, and takes nobody with it."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from queue import SimpleQueue

import pytest

from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.listen_in_thread import listen_in_thread

URL = "https://id.test/feed"
RULES = FetchRules(trusted_origin="https://id.test", total_seconds=0.2)


class Scripted:
    """Speaks when it is told to; None ends it."""

    def __init__(self) -> None:
        self.said: SimpleQueue[bytes | FetchError | None] = SimpleQueue()

    def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Iterator[bytes]:
        while (line := self.said.get()) is not None:
            if isinstance(line, FetchError):
                raise line
            yield line


def thread() -> threading.Thread | None:
    return next((each for each in threading.enumerate() if each.name == f"listening to {URL}"), None)


def test_lines_and_the_end_are_handed_over() -> None:
    speaker = Scripted()
    for said in (b"1", b"2", None):
        speaker.said.put(said)

    async def heard() -> list[bytes]:
        return [line async for line in listen_in_thread(speaker, URL, RULES, {})]

    assert asyncio.run(heard()) == [b"1", b"2"]


def test_a_refusal_is_handed_over() -> None:
    speaker = Scripted()
    speaker.said.put(FetchError("Nobody answers.", code="unreachable"))

    async def heard() -> None:
        await anext(listen_in_thread(speaker, URL, RULES, {}))

    with pytest.raises(FetchError):
        asyncio.run(heard())


def test_a_thread_that_is_gone_is_noticed() -> None:
    """Whoever waited for it would wait for ever, and nobody would listen again."""
    speaker = Scripted()
    speaker.said.put(b"1")

    async def heard() -> None:
        lines = listen_in_thread(speaker, URL, RULES, {})
        assert await anext(lines) == b"1"
        with pytest.raises(FetchError) as caught:
            await anext(lines)
        assert caught.value.code == "timed_out"

    asyncio.run(heard())
    speaker.said.put(None)


def test_the_thread_ends_with_the_first_line_that_nobody_wants() -> None:
    speaker = Scripted()
    speaker.said.put(b"1")

    async def heard() -> threading.Thread:
        lines = listen_in_thread(speaker, URL, RULES, {})
        await anext(lines)
        reading = thread()
        await lines.aclose()  # type: ignore[attr-defined]
        assert reading is not None
        return reading

    reading = asyncio.run(heard())
    speaker.said.put(b"2")
    reading.join(10)

    assert not reading.is_alive()


def test_a_loop_that_is_gone_ends_it() -> None:
    """The process may end in the middle: no warning, no thread that waits."""
    speaker = Scripted()
    speaker.said.put(b"1")
    loop = asyncio.new_event_loop()
    lines = listen_in_thread(speaker, URL, RULES, {})

    async def first() -> bytes:
        return await anext(lines)

    loop.run_until_complete(first())
    reading = thread()
    assert reading is not None
    loop.close()
    speaker.said.put(b"2")
    reading.join(10)

    assert not reading.is_alive()


def test_a_loop_that_takes_nothing_ends_it() -> None:
    """Nobody reads ahead of it without bound."""
    speaker = Scripted()
    for _ in range(100):
        speaker.said.put(b"1")

    async def heard() -> None:
        lines = listen_in_thread(speaker, URL, RULES, {})
        await anext(lines)
        reading = thread()
        assert reading is not None
        await asyncio.to_thread(reading.join, 10)
        assert not reading.is_alive()
        assert speaker.said.qsize() > 50

    asyncio.run(heard())
