"""Whoever only fetches is told apart from whoever can listen."""

import asyncio
from collections.abc import Mapping

import pytest

from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.listen import AsyncListener, Listener, check_feed
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


@pytest.mark.parametrize("media_type", ["text/event-stream", "Text/Event-Stream;charset=utf-8"])
def test_a_feed_has_its_media_type(media_type: str) -> None:
    check_feed(200, {"content-type": media_type}, FetchRules(trusted_origin="https://id.test"))


@pytest.mark.parametrize(("status", "media_type"), [(404, "text/event-stream"), (200, "text/plain"), (200, "")])
def test_anything_else_is_no_feed(status: int, media_type: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_feed(status, {"content-type": media_type}, FetchRules(trusted_origin="https://id.test"))

    assert caught.value.code == "no_feed"
