"""Used proofs in a real Valkey, shared by processes."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import valkey

from tests.guard.scripted import run
from tests.guard.sender.memory_contract import NOW, MemoryContract, Wait
from tests.services.processes import free_port
from tokensmith.guard import UnavailableError
from tokensmith.integrations.valkey_proofs import AsyncValkeyProofs, ValkeyProofs


@pytest.fixture
def client(valkey_url: str) -> Iterator[valkey.Valkey]:
    with valkey.Valkey.from_url(valkey_url) as made:
        yield made


# A proof that was used before NOW is dated NOW + 10 at most.
COMPLETE = NOW + 11


class TestValkeyProofs(MemoryContract):
    @pytest.fixture
    def memory(self, client: valkey.Valkey) -> ValkeyProofs:
        return ValkeyProofs(client)

    @pytest.fixture
    def since(self) -> float:
        return COMPLETE

    @pytest.fixture
    def wait(self) -> Wait:
        # Stepped without an event loop, as `Guard.authenticate_sync` does.
        return run  # type: ignore[return-value]  # a coroutine is what it is given


class TestAsyncValkeyProofs(MemoryContract):
    @pytest.fixture
    def loop(self) -> Iterator[asyncio.Runner]:
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture
    def memory(self, loop: asyncio.Runner, valkey_url: str) -> Iterator[AsyncValkeyProofs]:
        made = valkey.asyncio.Valkey.from_url(valkey_url)
        yield AsyncValkeyProofs(made)
        loop.run(made.aclose())

    @pytest.fixture
    def since(self) -> float:
        return COMPLETE

    @pytest.fixture
    def wait(self, loop: asyncio.Runner) -> Wait:
        return loop.run  # type: ignore[return-value]


def test_processes_share_what_was_used(valkey_url: str) -> None:
    """F11: each with a client of its own."""
    one, two = (ValkeyProofs(valkey.Valkey.from_url(valkey_url)) for _ in range(2))

    assert run(one.claim(b"a", until=NOW + 70, now=NOW)).is_first
    assert not run(two.claim(b"a", until=NOW + 70, now=NOW)).is_first


def test_of_many_callers_one_is_first(client: valkey.Valkey) -> None:
    """F11: a race is how a replay would be tried."""
    memory = ValkeyProofs(client)
    with ThreadPoolExecutor(8) as threads:
        asked = threads.map(lambda _: run(memory.claim(b"a", until=NOW + 70, now=NOW)).is_first, range(100))
        assert list(asked).count(True) == 1


def test_a_proof_is_kept_until_no_process_takes_it(client: valkey.Valkey) -> None:
    """Its 70 seconds, and a minute for clocks that are behind; then the store forgets it by itself."""
    run(ValkeyProofs(client).claim(b"a", until=NOW + 70, now=NOW))
    kept: list[Any] = [client.pttl(key) for key in client.scan_iter() if key != b"{tokensmith-proofs}:since"]

    assert len(kept) == 1
    assert 120_000 < kept[0] <= 130_000


def test_a_store_that_lost_everything_begins_anew(client: valkey.Valkey) -> None:
    """Restarted or emptied; what was used before, nobody can tell."""
    memory = ValkeyProofs(client)
    before = run(memory.claim(b"a", until=NOW + 70, now=NOW))
    client.flushall()
    after = run(memory.claim(b"a", until=NOW + 70, now=NOW + 5))

    assert (before.is_first, before.since) == (True, COMPLETE)
    assert (after.is_first, after.since) == (True, COMPLETE + 5)


def test_a_store_that_is_gone_is_our_trouble() -> None:
    """503, and never a pass."""
    url = f"valkey://127.0.0.1:{free_port()}/0"
    with pytest.raises(UnavailableError) as blocking:
        run(ValkeyProofs(valkey.Valkey.from_url(url)).claim(b"a", until=NOW + 70, now=NOW))

    async def ask() -> None:
        async with valkey.asyncio.Valkey.from_url(url) as client:
            await AsyncValkeyProofs(client).claim(b"a", until=NOW + 70, now=NOW)

    with pytest.raises(UnavailableError) as waiting:
        asyncio.run(ask())
    assert blocking.value.code == waiting.value.code == "replay_memory_unavailable"
