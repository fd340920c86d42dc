"""The blocking fetcher, and the same in a thread."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping

import pytest

from tests.outbound.fetcher_contract import Fetch, FetcherContract, MakeFetch, rules
from tests.outbound.listener_contract import Listen, ListenerContract, stepped
from tests.outbound.local_server import http_answer, serving
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.post import Form
from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher


def either(fetcher: BlockingFetcher) -> Fetch:
    def fetch(url: str, rules: FetchRules, headers: Mapping[str, str], form: Form | None = None) -> Response:
        return fetcher.fetch(url, rules, headers) if form is None else fetcher.post(url, rules, headers, form)

    return fetch


class TestBlockingFetcher(FetcherContract):
    @pytest.fixture
    def make_fetch(self) -> MakeFetch:
        def make(tls: ssl.SSLContext | None, addresses: list[str] | None) -> Fetch:
            if addresses is None:
                return either(BlockingFetcher(ssl_context=tls))
            return either(BlockingFetcher(ssl_context=tls, resolve=lambda _host, _port: addresses))

        return make


class TestBlockingListener(ListenerContract):
    @pytest.fixture
    def listen(self) -> Listen:
        return lambda url, rules: BlockingFetcher().listen(url, rules, {})


class TestThreadedListener(ListenerContract):
    @pytest.fixture
    def listen(self) -> Iterator[Listen]:
        with asyncio.Runner() as runner:
            yield lambda url, rules: stepped(runner, ThreadedFetcher(BlockingFetcher()).listen(url, rules, {}))


def test_the_threaded_fetcher_gives_the_same_answer() -> None:
    """An event loop is not held up while a thread waits."""
    with serving(http_answer("200 OK", b"{}")) as server:
        fetcher = ThreadedFetcher(BlockingFetcher())
        answer = asyncio.run(fetcher.fetch(server.url(), rules(server.url()), {}))
        posted = asyncio.run(fetcher.post(server.url(), rules(server.url()), {}, [("a", "b")]))

    assert answer.body == posted.body == b"{}"
    assert server.requests[1].endswith(b"\r\n\r\na=b")


def test_a_header_sent_twice_is_joined() -> None:
    """RFC 9110 §5.3: a list in two fields is one list."""
    twice = b"HTTP/1.1 200 OK\r\nCache-Control: public\r\nCache-Control: max-age=5\r\nContent-Length: 0\r\n\r\n"
    with serving(twice) as server:
        answer = BlockingFetcher().fetch(server.url(), rules(server.url()), {})

    assert answer.headers["cache-control"] == "public, max-age=5"


def test_a_body_that_ends_early_is_told_apart() -> None:
    """Python's own client would hand over the half that came."""
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as server, pytest.raises(FetchError) as caught:
        BlockingFetcher().fetch(server.url(), rules(server.url()), {})

    assert caught.value.code == "truncated"


def test_no_time_at_all_is_no_time_to_connect() -> None:
    with serving(http_answer("200 OK")) as server, pytest.raises(FetchError) as caught:
        BlockingFetcher().fetch(server.url(), rules(server.url(), total_seconds=0), {})

    assert caught.value.code == "timed_out"
