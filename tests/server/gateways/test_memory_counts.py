"""Attempts per source in one process, by a clock that the test moves."""

import pytest

from tokensmith.server.gateways.memory_counts import WINDOW_SECONDS, MemoryCounts

pytestmark = pytest.mark.anyio


class Hand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_source_has_its_limit_and_then_waits_for_the_window_to_end() -> None:
    """The answer is how long, in whole seconds, never 0."""
    hand = Hand()
    counts = MemoryCounts(2, monotonic=hand)
    first = [await counts.hit("a") for _ in range(3)]
    hand.now += WINDOW_SECONDS - 0.001
    last = await counts.hit("a")

    assert first == [0, 0, WINDOW_SECONDS]
    assert last == 1


@pytest.mark.parametrize(("passed", "expected"), [(WINDOW_SECONDS - 0.5, 1), (WINDOW_SECONDS, 0)])
async def test_a_window_ends_at_its_moment(passed: float, expected: int) -> None:
    """It began with the first attempt; refused ones do not make it longer."""
    hand = Hand()
    counts = MemoryCounts(1, monotonic=hand)
    await counts.hit("a")
    hand.now += 30
    await counts.hit("a")
    hand.now += passed - 30

    assert await counts.hit("a") == expected


async def test_sources_count_for_themselves() -> None:
    """One that is out keeps nobody else out."""
    counts = MemoryCounts(1, monotonic=Hand())

    assert [await counts.hit(source) for source in ("a", "b", "a", "b")] == [0, 0, 60, 60]


async def test_memory_is_bounded_whatever_comes() -> None:
    """The oldest window gives way; the newest keep counting."""
    counts = MemoryCounts(1, max_sources=10, monotonic=Hand())
    for number in range(1000):
        await counts.hit(str(number))

    assert len(counts._windows) <= 10
    assert await counts.hit("999") == 60


async def test_windows_that_are_over_drain_away() -> None:
    """Without any hit having to look at all of them."""
    hand = Hand()
    counts = MemoryCounts(1, monotonic=hand)
    for number in range(100):
        await counts.hit(str(number))
    hand.now += WINDOW_SECONDS
    for _ in range(60):
        await counts.hit("x")

    assert set(counts._windows) == {"x"}


async def test_a_source_that_comes_back_begins_a_new_window() -> None:
    """Also where others are older and still count."""
    hand = Hand()
    counts = MemoryCounts(1, monotonic=hand)
    for source in ("a", "b", "c", "d"):
        await counts.hit(source)
        hand.now += 1
    hand.now += WINDOW_SECONDS - 1
    again = await counts.hit("d")
    hand.now += 1
    refused = await counts.hit("d")

    assert (again, refused) == (0, WINDOW_SECONDS - 1)
