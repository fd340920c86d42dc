"""What everybody who listens owes, whatever it is built on; run once each."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.outbound.fetcher_contract import refused, rules
from tests.outbound.local_server import Answer, drip, http_answer, serving
from tokensmith.outbound.fetch import FetchRules
from tokensmith.outbound.listen import MAX_LINE_BYTES

Listen = Callable[[str, FetchRules], Iterator[bytes]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n"


def chunked(*chunks: bytes) -> bytes:
    """The same with chunks, as a server sends what has no length."""
    head = HEAD.replace(b"Connection: close", b"Transfer-Encoding: chunked")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


class ListenerContract:
    """Subclasses give the fixture `listen`, a blocking one."""

    @pytest.mark.parametrize(
        "answer",
        [HEAD + b"data: 1\n\ndata: 2\r\n\r\n", chunked(b"data: 1\n", b"\nda", b"ta: 2\n\n")],
        ids=["to the end", "in chunks"],
    )
    def test_lines_arrive_without_their_ends(self, listen: Listen, answer: bytes) -> None:
        with serving(answer) as server:
            lines = list(listen(server.url("/feed"), rules(server.url())))

        assert lines == [b"data: 1", b"", b"data: 2", b""]
        assert b"GET /feed HTTP/1.1\r\n" in server.requests[0]
        assert b"accept: text/event-stream\r\n" in server.requests[0].lower()

    def test_a_line_arrives_before_the_next_is_sent(self, listen: Listen) -> None:
        with serving(speaking_on(b"data: 1\n", b"data: 2\n")) as server:
            lines = listen(server.url(), rules(server.url()))

            assert next(lines) == b"data: 1"
            assert next(lines) == b"data: 2"

    def test_silence_ends_it(self, listen: Listen) -> None:
        """The other side may be gone without a word."""
        with serving(silent_after(HEAD + b"data: 1\n")) as server:
            lines = listen(server.url(), rules(server.url(), total_seconds=0.3))

            assert next(lines) == b"data: 1"
            with refused("timed_out"):
                next(lines)

    @pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD], ids=["in the headers", "in a line"])
    def test_a_dripping_server_is_cut_off(self, listen: Listen, head: bytes) -> None:
        """G05: each byte arrives in time, the line never does."""
        with serving(drip(head)) as server, refused("timed_out"):
            next(listen(server.url(), rules(server.url(), total_seconds=0.3)))

    def test_a_line_at_the_cap_passes_and_one_byte_more_does_not(self, listen: Listen) -> None:
        longest = b"x" * (MAX_LINE_BYTES - 1)
        with serving(HEAD + longest + b"\n") as server:
            assert list(listen(server.url(), rules(server.url()))) == [longest]
        for ending in (b"x\n", b"x" * 100_000):
            with serving(HEAD + longest + ending) as server, refused("too_large"):
                list(listen(server.url(), rules(server.url())))

    @pytest.mark.parametrize(
        "answer",
        [
            http_answer("404 Not Found", b"", Content_Type="text/event-stream"),
            http_answer("304 Not Modified", b"", Content_Type="text/event-stream"),
            http_answer("200 OK", b"data: 1\n", Content_Type="text/html"),
            http_answer("200 OK", b"data: 1\n"),
        ],
    )
    def test_what_is_no_feed_is_refused(self, listen: Listen, answer: bytes) -> None:
        with serving(answer) as server, refused("no_feed"):
            list(listen(server.url(), rules(server.url())))

    def test_a_redirect_is_refused(self, listen: Listen) -> None:
        """G02."""
        with serving(http_answer("302 X", Location="https://elsewhere.test/")) as server, refused("redirected"):
            list(listen(server.url(), rules(server.url())))

    def test_plain_http_to_others_is_refused(self, listen: Listen) -> None:
        """The gate is the same as for a fetch."""
        with refused("url_refused"):
            list(listen("http://service.test/feed", rules("https://id.test")))

    def test_nobody_there_is_unreachable(self, listen: Listen) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with refused("unreachable"):
            list(listen(f"http://127.0.0.1:{port}/", rules(f"http://127.0.0.1:{port}")))


def speaking_on(first: bytes, second: bytes) -> Answer:
    """Send the second line only when the first has had time to arrive alone."""

    def answer(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(HEAD + first)
        connection.settimeout(0.2)
        try:
            connection.recv(1)
        except TimeoutError:
            connection.sendall(second)

    return answer


def silent_after(octets: bytes) -> Answer:
    """Send it and then nothing, until the other side goes."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(octets)
        connection.recv(1)

    return answer


def stepped(runner: asyncio.Runner, lines: AsyncIterator[bytes]) -> Iterator[bytes]:
    """Read an asynchronous iterator from a blocking test."""

    async def following() -> bytes | None:
        return await anext(lines, None)

    while (line := runner.run(following())) is not None:
        yield line
