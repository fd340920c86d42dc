"""Proofs that were used already."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tokensmith.guard import UnavailableError
from tokensmith.guard.sender import SeenProofs


def test_the_second_use_is_not_the_first() -> None:
    """F11: RFC 9449 §11.1."""
    seen = SeenProofs()

    assert seen.is_first(b"a", until=70, now=0)
    assert not seen.is_first(b"a", until=70, now=1)
    assert seen.is_first(b"b", until=71, now=1)


@pytest.mark.parametrize(("now", "kept"), [(69, 2), (70, 1)])
def test_a_proof_is_forgotten_when_it_is_too_old_anyway(now: float, kept: int) -> None:
    """Not a moment before, and not much later: memory is bounded by the time they are good for."""
    seen = SeenProofs()
    seen.is_first(b"old", until=70, now=0)
    seen.is_first(b"new", until=140, now=now)

    assert len(seen) == kept


def test_a_long_lived_one_before_it_does_not_make_a_forgotten_one_known() -> None:
    """One that ends later may stand in front; what is over is over."""
    seen = SeenProofs()
    seen.is_first(b"long", until=100, now=0)
    seen.is_first(b"short", until=50, now=0)

    assert seen.is_first(b"short", until=120, now=50)
    assert not seen.is_first(b"short", until=120, now=51)


def test_a_full_memory_lets_nobody_in() -> None:
    """It is our trouble and no fault of the proof: 503, and never a pass."""
    seen = SeenProofs(capacity=2)
    seen.is_first(b"a", until=70, now=0)
    seen.is_first(b"b", until=70, now=0)
    with pytest.raises(UnavailableError) as caught:
        seen.is_first(b"c", until=70, now=0)

    assert caught.value.code == "replay_memory_full"
    assert not seen.is_first(b"a", until=70, now=0)
    assert seen.is_first(b"c", until=140, now=70)


def test_of_many_threads_one_is_first() -> None:
    """F11: a race is how a replay would be tried."""
    seen = SeenProofs()
    with ThreadPoolExecutor(8) as threads:
        firsts = list(threads.map(lambda _: seen.is_first(b"a", until=70, now=0), range(200)))

    assert firsts.count(True) == 1
