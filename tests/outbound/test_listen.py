"""Whoever only fetches is told apart from whoever can listen."""

import asyncio
from collections.abc import Mapping

import pytest

from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.listen import AsyncListener, Listener
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher


class OnlyFetches:
    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        return Response(status=200, headers={}, body=b"")


def test_our_fetchers_listen() -> None:
    assert isinstance(BlockingFetcher(), Listener)
    assert isinstance(ThreadedFetcher(BlockingFetcher()), AsyncListener)
    assert isinstance(Httpx2Fetcher(), AsyncListener)
    assert not isinstance(OnlyFetches(), Listener)


def test_a_fetcher_that_cannot_listen_says_so() -> None:
    async def listen() -> None:
        rules = FetchRules(trusted_origin="https://id.test")
        async for _ in ThreadedFetcher(OnlyFetches()).listen("https://id.test/feed", rules, {}):
            pass

    with pytest.raises(FetchError) as caught:
        asyncio.run(listen())

    assert caught.value.code == "cannot_listen"
    assert "OnlyFetches" in caught.value.detail
