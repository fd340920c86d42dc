"""What a store of sessions owes, wherever it is."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tokensmith.integrations.bff import SessionStore

Wait = Callable[[Awaitable[Any]], Any]


class StoreContract:
    """Needs the fixtures `store`, empty; `wait`, which runs a coroutine; and `after`, which lets 0.2 s pass."""

    def test_what_is_kept_is_there_until_it_is_deleted(self, store: SessionStore, wait: Wait) -> None:
        assert wait(store.load("a")) is None
        wait(store.save("a", "one", seconds=60))
        wait(store.save("b", "other", seconds=60))
        wait(store.save("a", "two", seconds=60))
        assert wait(store.load("a")) == "two"
        wait(store.delete("a"))
        wait(store.delete("a"))

        assert wait(store.load("a")) is None
        assert wait(store.load("b")) == "other"

    def test_what_was_forgotten_does_not_come_back(self, store: SessionStore, wait: Wait) -> None:
        """A renewal that ends after its owner signed out, say."""
        wait(store.save("a", "one", seconds=60))
        assert wait(store.replace("a", "two", seconds=60))
        assert wait(store.load("a")) == "two"
        wait(store.delete("a"))

        assert not wait(store.replace("a", "three", seconds=60))
        assert wait(store.load("a")) is None

    def test_what_is_over_is_not_there(self, store: SessionStore, wait: Wait, after: Callable[[], None]) -> None:
        wait(store.save("a", "one", seconds=0.1))
        after()
        assert not wait(store.replace("a", "two", seconds=60))

        assert wait(store.load("a")) is None

    def test_one_may_renew_at_a_time(self, store: SessionStore, wait: Wait) -> None:
        """And whoever does not hold a claim takes none back."""
        assert wait(store.claim("a", by="1", seconds=60))
        assert not wait(store.claim("a", by="2", seconds=60))
        assert wait(store.claim("b", by="2", seconds=60))
        wait(store.release("a", by="2"))
        assert not wait(store.claim("a", by="2", seconds=60))
        wait(store.release("a", by="1"))
        wait(store.release("a", by="1"))

        assert wait(store.claim("a", by="2", seconds=60))

    def test_whoever_dies_holds_nobody_up(self, store: SessionStore, wait: Wait, after: Callable[[], None]) -> None:
        """Nor takes back, when it wakes up again, what is another's by now."""
        assert wait(store.claim("a", by="1", seconds=0.1))
        after()
        assert wait(store.claim("a", by="2", seconds=60))
        wait(store.release("a", by="1"))

        assert not wait(store.claim("a", by="3", seconds=60))

    @pytest.mark.parametrize("content", ["", "é", "a.b.c"])
    def test_any_text_is_kept(self, store: SessionStore, wait: Wait, content: str) -> None:
        wait(store.save("a", content, seconds=60))

        assert wait(store.load("a")) == content
