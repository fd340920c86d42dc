"""The asynchronous fetcher."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping

import pytest

from tests.outbound.fetcher_contract import Fetch, FetcherContract, MakeFetch
from tests.outbound.listener_contract import Listen, ListenerContract, stepped
from tokensmith.outbound import FetchRules, Response
from tokensmith.outbound.post import Form
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher


def either(fetcher: Httpx2Fetcher) -> Fetch:
    def fetch(url: str, rules: FetchRules, headers: Mapping[str, str], form: Form | None = None) -> Response:
        if form is None:
            return asyncio.run(fetcher.fetch(url, rules, headers))
        return asyncio.run(fetcher.post(url, rules, headers, form))

    return fetch


class TestHttpx2Fetcher(FetcherContract):
    @pytest.fixture
    def make_fetch(self) -> MakeFetch:
        def make(tls: ssl.SSLContext | None, addresses: list[str] | None) -> Fetch:
            async def resolve(_host: str, _port: int) -> list[str]:
                return addresses or []

            if addresses is None:
                fetcher = Httpx2Fetcher(ssl_context=tls)
            else:
                fetcher = Httpx2Fetcher(ssl_context=tls, resolve=resolve)
            return either(fetcher)

        return make


class TestHttpx2Listener(ListenerContract):
    @pytest.fixture
    def listen(self) -> Iterator[Listen]:
        with asyncio.Runner() as runner:
            yield lambda url, rules: stepped(runner, Httpx2Fetcher().listen(url, rules, {}))
