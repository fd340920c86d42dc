"""Proofs that were used already, remembered in this process."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.guard.scripted import run
from tests.guard.sender.memory_contract import NOW, MemoryContract, Wait
from tokensmith.guard import UnavailableError
from tokensmith.guard.sender import SeenProofs


def is_first(seen: SeenProofs, digest: bytes, *, until: float, now: float) -> bool:
    return run(seen.claim(digest, until=until, now=now)).is_first


class TestSeenProofs(MemoryContract):
    @pytest.fixture
    def memory(self) -> SeenProofs:
        return SeenProofs(since=NOW + 0.5)

    @pytest.fixture
    def since(self) -> float:
        return NOW

    @pytest.fixture
    def wait(self) -> Wait:
        return run  # type: ignore[return-value]  # a coroutine is what it is given


@pytest.mark.parametrize(("now", "kept"), [(69, 2), (70, 1)])
def test_a_proof_is_forgotten_when_it_is_too_old_anyway(now: float, kept: int) -> None:
    """Not a moment before, and not much later: memory is bounded by the time they are good for."""
    seen = SeenProofs(since=0)
    is_first(seen, b"old", until=70, now=0)
    is_first(seen, b"new", until=140, now=now)

    assert len(seen) == kept


def test_a_long_lived_one_before_it_does_not_make_a_forgotten_one_known() -> None:
    """One that ends later may stand in front; what is over is over."""
    seen = SeenProofs(since=0)
    is_first(seen, b"long", until=100, now=0)
    is_first(seen, b"short", until=50, now=0)

    assert is_first(seen, b"short", until=120, now=50)
    assert not is_first(seen, b"short", until=120, now=51)


def test_a_full_memory_lets_nobody_in() -> None:
    """It is our trouble and no fault of the proof: 503, and never a pass."""
    seen = SeenProofs(since=0, capacity=2)
    is_first(seen, b"a", until=70, now=0)
    is_first(seen, b"b", until=70, now=0)
    with pytest.raises(UnavailableError) as caught:
        is_first(seen, b"c", until=70, now=0)

    assert caught.value.code == "replay_memory_full"
    assert not is_first(seen, b"a", until=70, now=0)
    assert is_first(seen, b"c", until=140, now=70)


def test_of_many_threads_one_is_first() -> None:
    """F11: a race is how a replay would be tried."""
    seen = SeenProofs(since=0)
    with ThreadPoolExecutor(8) as threads:
        firsts = list(threads.map(lambda _: is_first(seen, b"a", until=70, now=0), range(200)))

    assert firsts.count(True) == 1
