"""The two doors: what a fetcher cannot do is told at once."""

import asyncio
import time
from collections.abc import Mapping

import pytest

from tests.outbound.fetcher_contract import rules
from tests.outbound.local_server import http_answer, serving
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.doors import AsyncOutside, BlockingOutside
from tokensmith.outbound.run_blocking import run_blocking
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher

RULES = FetchRules(trusted_origin="https://id.test")
URL = "https://id.test/token"


class OnlyFetches:
    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        raise AssertionError(url, rules, headers)


class OnlyFetchesAsync:
    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        raise AssertionError(url, rules, headers)


def test_a_form_goes_through_both_doors() -> None:
    with serving(http_answer("200 OK", b"{}")) as server:
        blocking = BlockingOutside(BlockingFetcher(), time.monotonic, SYSTEM_CLOCK)
        waiting = AsyncOutside(ThreadedFetcher(BlockingFetcher()), time.monotonic, SYSTEM_CLOCK)
        run_blocking(blocking.post(server.url(), rules(server.url()), {}, [("a", "1")]))
        asyncio.run(waiting.post(server.url(), rules(server.url()), {}, [("a", "2")]))

    assert [request.rpartition(b"\r\n")[2] for request in server.requests] == [b"a=1", b"a=2"]


def test_a_fetcher_that_cannot_post_is_named() -> None:
    """A fetcher of somebody's own may do without, until a form has to be sent."""
    blocking = BlockingOutside(OnlyFetches(), time.monotonic, SYSTEM_CLOCK)
    waiting = AsyncOutside(ThreadedFetcher(OnlyFetches()), time.monotonic, SYSTEM_CLOCK)
    with pytest.raises(FetchError) as first:
        run_blocking(blocking.post(URL, RULES, {}, []))
    with pytest.raises(FetchError) as second:
        asyncio.run(waiting.post(URL, RULES, {}, []))
    with pytest.raises(FetchError) as third:
        asyncio.run(AsyncOutside(OnlyFetchesAsync(), time.monotonic, SYSTEM_CLOCK).post(URL, RULES, {}, []))

    assert {first.value.code, second.value.code, third.value.code} == {"cannot_post"}
    assert "OnlyFetches" in first.value.detail
