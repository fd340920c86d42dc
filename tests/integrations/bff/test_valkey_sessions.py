"""Sessions in a real Valkey."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
import valkey

from tests.guard.scripted import run
from tests.integrations.bff.store_contract import StoreContract, Wait
from tests.services.processes import free_port
from tokensmith.client import ServerUnavailableError
from tokensmith.integrations.bff.valkey_sessions import AsyncValkeySessions, ValkeySessions


@pytest.fixture
def after() -> Callable[[], None]:
    # The store's clock is its own.
    return lambda: time.sleep(0.2)


class TestValkeySessions(StoreContract):
    @pytest.fixture
    def store(self, valkey_url: str) -> Iterator[ValkeySessions]:
        with valkey.Valkey.from_url(valkey_url) as client:
            yield ValkeySessions(client)

    @pytest.fixture
    def wait(self) -> Wait:
        # Stepped without an event loop, as synchronous frameworks do.
        return run  # type: ignore[return-value]  # a coroutine is what it is given


class TestAsyncValkeySessions(StoreContract):
    @pytest.fixture
    def loop(self) -> Iterator[asyncio.Runner]:
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture
    def store(self, loop: asyncio.Runner, valkey_url: str) -> Iterator[AsyncValkeySessions]:
        made = valkey.asyncio.Valkey.from_url(valkey_url)
        yield AsyncValkeySessions(made)
        loop.run(made.aclose())

    @pytest.fixture
    def wait(self, loop: asyncio.Runner) -> Wait:
        return loop.run  # type: ignore[return-value]


def test_a_store_that_is_gone_is_our_trouble() -> None:
    """503: nobody is signed out by it."""
    url = f"valkey://127.0.0.1:{free_port()}/0"
    with pytest.raises(ServerUnavailableError) as blocking:
        run(ValkeySessions(valkey.Valkey.from_url(url)).load("a"))

    async def ask() -> None:
        async with valkey.asyncio.Valkey.from_url(url) as client:
            await AsyncValkeySessions(client).load("a")

    with pytest.raises(ServerUnavailableError) as waiting:
        asyncio.run(ask())
    assert blocking.value.code == waiting.value.code == "sessions_unavailable"
