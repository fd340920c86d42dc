"""What a memory of used proofs owes, wherever it is."""

from collections.abc import Awaitable, Callable

import pytest

from tokensmith.guard import Claimed, ProofMemory

NOW = 1_800_000_000.0
Wait = Callable[[Awaitable[Claimed]], Claimed]


class MemoryContract:
    """Needs the fixtures `memory`, which begins at NOW, `since`, from when on it is complete, and `wait`, which runs a
    coroutine to its end.
    """

    @pytest.fixture
    def is_first(self, memory: ProofMemory, wait: Wait) -> Callable[..., bool]:
        def ask(digest: bytes, *, until: float = NOW + 70, now: float = NOW) -> bool:
            return wait(memory.claim(digest, until=until, now=now)).is_first

        return ask

    def test_the_second_use_is_not_the_first(self, is_first: Callable[..., bool]) -> None:
        """F11: RFC 9449 §11.1."""
        assert is_first(b"a")
        assert not is_first(b"a", now=NOW + 1)
        assert is_first(b"b", now=NOW + 1)

    def test_it_says_from_which_date_on_it_remembers(self, memory: ProofMemory, since: float, wait: Wait) -> None:
        """In whole seconds, as "iat" is, and the same as long as it lives."""
        first = wait(memory.claim(b"a", until=NOW + 70, now=NOW + 0.75))
        later = wait(memory.claim(b"b", until=NOW + 90, now=NOW + 20))

        assert first.since == later.since == since
