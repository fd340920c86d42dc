"""Limits per source: counted together while Valkey is there, and by each process while it is not."""

import logging
import sys

import pytest

from tests.server.gateways.test_memory_counts import Hand
from tests.services.processes import free_port
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.gateways.source_limits import LEFT_ALONE_SECONDS, SourceLimits
from tokensmith.server.web.throttle import SourceLimit

pytestmark = pytest.mark.anyio


async def test_one_process_counts_in_its_own_memory() -> None:
    """No cache, no connection."""
    limits = SourceLimits("sign-ins", per_minute=2, monotonic=Hand())

    assert [await limits.hit("a") for _ in range(3)] == [0, 0, 60]
    await limits.close()


async def test_processes_count_together(valkey_url: str) -> None:
    """Two of them, one source: what both allow is the limit, and both say when it ends."""
    one, two = (SourceLimits("sign-ins", per_minute=3, cache_url=valkey_url) for _ in range(2))
    results = [await limits.hit("a") for limits in (one, two, one, two, one)]
    other_source = await two.hit("b")
    await one.close()
    await two.close()

    assert results[:3] == [0, 0, 0]
    assert all(1 <= seconds <= 60 for seconds in results[3:])
    assert other_source == 0


async def test_limits_of_two_names_do_not_count_together(valkey_url: str) -> None:
    """A sign-in is no failed client; also by the older name of the scheme."""
    url = valkey_url.replace("valkey://", "redis://")
    sign_ins, failures = (SourceLimits(name, per_minute=1, cache_url=url) for name in ("sign-ins", "failures"))
    results = [await limits.hit("a") for limits in (sign_ins, failures, sign_ins)]
    await sign_ins.close()
    await failures.close()

    assert results[:2] == [0, 0]
    assert results[2] > 0


async def test_a_lost_cache_loosens_the_limit_and_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, and the cache is left alone for a while, so that not every request waits for it in vain."""
    hand = Hand()
    limits = SourceLimits("sign-ins", per_minute=2, cache_url=f"valkey://127.0.0.1:{free_port()}/0", monotonic=hand)
    results = []
    for _ in range(4):
        results.append(await limits.hit("a"))
        hand.now += LEFT_ALONE_SECONDS
    await limits.close()

    assert results == [0, 0, 50, 45]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_while_it_is_left_alone_the_cache_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One failed attempt in five seconds, however many requests come."""
    hand = Hand()
    asked: list[float] = []
    limits = SourceLimits("sign-ins", per_minute=9, cache_url=f"valkey://127.0.0.1:{free_port()}/0", monotonic=hand)

    async def refuse(*_: object) -> int:
        asked.append(hand.now)
        raise OSError("connection refused")

    monkeypatch.setattr(limits, "_hit_shared", refuse)
    for _ in range(4):
        await limits.hit("a")
        hand.now += LEFT_ALONE_SECONDS / 2
    await limits.close()

    assert asked == [1000.0, 1000.0 + LEFT_ALONE_SECONDS]


async def test_a_cache_that_is_back_is_used_again(
    valkey_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it had counted before still counts."""
    hand = Hand()
    caplog.set_level(logging.INFO)
    limits = SourceLimits("sign-ins", per_minute=1, cache_url=valkey_url, monotonic=hand)
    first = await limits.hit("a")

    async def refuse(*_: object) -> int:
        raise OSError("connection refused")

    with monkeypatch.context() as lost:
        lost.setattr(limits, "_hit_shared", refuse)
        by_itself = await limits.hit("a")
    hand.now += LEFT_ALONE_SECONDS
    together = await limits.hit("a")
    await limits.close()

    assert (first, by_itself) == (0, 0)
    assert together > 0
    assert [record.levelno for record in caplog.records if "cache" in record.message] == [logging.WARNING, logging.INFO]


@pytest.mark.parametrize("url", ["http://host", "memcached://host", "host:6379", "valkey"])
def test_an_address_that_is_no_cache_is_refused(url: str) -> None:
    """At start, not at the first sign-in."""
    with pytest.raises(ValueError, match="a cache URL is"):
        SourceLimits("x", per_minute=1, cache_url=url)


def test_a_cache_without_its_client_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process needs no client."""
    monkeypatch.setitem(sys.modules, "valkey.asyncio", None)

    with pytest.raises(ConflictError, match=r"tokensmith\[valkey\]") as refused:
        SourceLimits("x", per_minute=1, cache_url="valkey://host")

    assert refused.value.code == "valkey_extra_missing"


def test_it_is_what_the_web_asks_for() -> None:
    """Checked by mypy; here the name is used."""
    limit: SourceLimit = SourceLimits("x", per_minute=1)

    assert limit is not None
