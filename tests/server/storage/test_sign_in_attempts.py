"""Counted sign-in attempts in every store; fifty at once are in test_races.py."""

import pytest

from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import NOW
from tokensmith.server.domain.sign_in_attempts import (
    KNOWN_SOURCE_MS,
    NAME_ALONE,
    NAME_AND_SOURCE,
    AttemptKeys,
    Locked,
    Reserved,
    attempt_keys,
)

pytestmark = pytest.mark.anyio


def keys(source: str = "192.0.2.1", *, name: str = "ada") -> AttemptKeys:
    return attempt_keys(secret=b"s" * 32, name_key=name, source=source)


async def attempt(store: AnyStore, of: AttemptKeys) -> Reserved | Locked:
    return await store.write(lambda uow: uow.sign_in_attempts.reserve(of))


async def succeed(store: AnyStore, of: AttemptKeys) -> None:
    await store.write(lambda uow: uow.sign_in_attempts.succeeded(of))


async def test_the_rule_allows_its_limit_and_then_locks(store: AnyStore) -> None:
    """The sixth of five is refused, until the lock is over, and is not counted."""
    results = [await attempt(store, keys()) for _ in range(NAME_AND_SOURCE.limit)]

    assert results == [Reserved()] * NAME_AND_SOURCE.limit
    locked = Locked(until_ms=NOW + NAME_AND_SOURCE.lock_ms, now_ms=NOW)
    assert [await attempt(store, keys()) for _ in range(3)] == [locked] * 3


async def test_a_lock_ends_at_its_moment(store: AnyStore) -> None:
    """A millisecond before, it holds; then the limit counts anew."""
    for _ in range(NAME_AND_SOURCE.limit):
        await attempt(store, keys())
    store.advance(NAME_AND_SOURCE.lock_ms - 1)
    assert isinstance(await attempt(store, keys()), Locked)

    store.advance(1)
    results = [await attempt(store, keys()) for _ in range(NAME_AND_SOURCE.limit + 1)]
    assert [type(result) for result in results] == [Reserved] * NAME_AND_SOURCE.limit + [Locked]


@pytest.mark.parametrize(
    ("waited_ms", "locks"), [(NAME_AND_SOURCE.window_ms - 1, True), (NAME_AND_SOURCE.window_ms, False)]
)
async def test_attempts_are_forgotten_when_their_window_is_over(store: AnyStore, waited_ms: int, locks: bool) -> None:
    """The window begins with the first attempt."""
    for _ in range(NAME_AND_SOURCE.limit - 1):
        await attempt(store, keys())
    store.advance(waited_ms)
    await attempt(store, keys())

    assert isinstance(await attempt(store, keys()), Locked) is locks


async def test_another_source_and_another_name_count_for_themselves(store: AnyStore) -> None:
    """Locking one source out does not lock the owner out elsewhere."""
    for _ in range(NAME_AND_SOURCE.limit):
        await attempt(store, keys())

    assert await attempt(store, keys("192.0.2.2")) == Reserved()
    assert await attempt(store, keys(name="grace")) == Reserved()


async def test_guesses_from_many_sources_lock_the_name(store: AnyStore) -> None:
    """The loose counter: a hundred sources with one guess each."""
    for number in range(NAME_ALONE.limit):
        assert await attempt(store, keys(f"source {number}")) == Reserved()

    assert await attempt(store, keys("one more")) == Locked(until_ms=NOW + NAME_ALONE.lock_ms, now_ms=NOW)
    assert await attempt(store, keys("one more", name="grace")) == Reserved()
    store.advance(NAME_ALONE.lock_ms)
    assert await attempt(store, keys("one more")) == Reserved()


async def test_an_attempt_refused_for_its_name_is_not_counted_for_its_pair(store: AnyStore) -> None:
    """Otherwise whoever locks a name could lock its owner's own place too."""
    for number in range(NAME_ALONE.limit):
        await attempt(store, keys(f"source {number}"))
    for _ in range(NAME_AND_SOURCE.limit + 1):
        assert isinstance(await attempt(store, keys("owner")), Locked)
    store.advance(NAME_ALONE.lock_ms)

    results = [await attempt(store, keys("owner")) for _ in range(NAME_AND_SOURCE.limit)]
    assert results == [Reserved()] * NAME_AND_SOURCE.limit


@pytest.mark.parametrize(("passed_ms", "exempt"), [(KNOWN_SOURCE_MS - 1, True), (KNOWN_SOURCE_MS, False)])
async def test_a_known_source_is_exempt_from_the_lock_of_the_name(
    store: AnyStore, passed_ms: int, exempt: bool
) -> None:
    """Nobody can lock an owner out of the place they sign in from."""
    await succeed(store, keys("home"))
    store.advance(passed_ms)
    for number in range(NAME_ALONE.limit):
        await attempt(store, keys(f"source {number}"))

    assert isinstance(await attempt(store, keys("home")), Reserved) is exempt


async def test_a_known_source_has_its_own_tight_counter(store: AnyStore) -> None:
    """A stolen laptop is no place to guess from; what it counts does not count against the name."""
    await succeed(store, keys("home"))
    results = [await attempt(store, keys("home")) for _ in range(NAME_AND_SOURCE.limit + 1)]
    others = [await attempt(store, keys(f"source {number}")) for number in range(NAME_ALONE.limit)]

    assert [type(result) for result in results] == [Reserved] * NAME_AND_SOURCE.limit + [Locked]
    assert others == [Reserved()] * NAME_ALONE.limit


async def test_a_success_forgets_the_failures_of_this_place(store: AnyStore) -> None:
    """Also the lock that the last permitted attempt has set."""
    for _ in range(NAME_AND_SOURCE.limit):
        await attempt(store, keys())
    await succeed(store, keys())

    results = [await attempt(store, keys()) for _ in range(NAME_AND_SOURCE.limit)]
    assert results == [Reserved()] * NAME_AND_SOURCE.limit


async def test_a_success_does_not_forget_the_guesses_of_others(store: AnyStore) -> None:
    """Whoever guesses from many places gains nothing from the owner's own sign-ins."""
    for number in range(NAME_ALONE.limit):
        await attempt(store, keys(f"source {number}"))
    await succeed(store, keys("home"))

    assert isinstance(await attempt(store, keys("one more")), Locked)


async def test_counters_that_say_nothing_are_swept(store: AnyStore) -> None:
    """A guesser of names cannot fill the disk for good. The name's window is the longest that is running."""
    await attempt(store, keys())
    store.advance(NAME_ALONE.window_ms - 1)
    assert await store.write(lambda uow: uow.sign_in_attempts.sweep(limit=10)) == 1  # the pair's
    assert await store.write(lambda uow: uow.sign_in_attempts.sweep(limit=10)) == 0

    store.advance(1)
    assert await store.write(lambda uow: uow.sign_in_attempts.sweep(limit=10)) == 1


async def test_a_sweep_is_bounded_and_spares_known_sources(store: AnyStore) -> None:
    """Forgetting a known source would lock its owner out with everybody else."""
    await succeed(store, keys("home"))
    for number in range(4):
        await attempt(store, keys(f"source {number}"))
    store.advance(NAME_ALONE.window_ms)
    swept = [await store.write(lambda uow: uow.sign_in_attempts.sweep(limit=2)) for _ in range(4)]

    assert swept == [2, 2, 1, 0]
