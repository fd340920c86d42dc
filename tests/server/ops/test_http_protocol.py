"""The head of a request ends: in bytes and in time. Over real connections, since it is about nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send
from uvicorn import Config, Server

from tokensmith.server.ops.http_protocol import MAX_HEAD_BYTES, BoundedHttpProtocol
from tokensmith.server.web.ending import ENDING, Ending

pytestmark = pytest.mark.anyio
REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
BOUND = 20.0  # longer than any wait in here; a connection that is not closed fails the test after it


class Impatient(BoundedHttpProtocol):
    """Waits a moment only, so that the tests do not have to."""

    head_seconds = 0.2


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"hello")(scope, receive, send)


@asynccontextmanager
async def serving(protocol: type[BoundedHttpProtocol]) -> AsyncIterator[int]:
    config = Config(hello, port=0, http=protocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=60)
    server = Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(BOUND):
            yield reader, writer
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> bytes:
    """One answer, its body included."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(5) == b"hello"
    return head


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET", b"GET / HTTP/1.1\r\nhost: x\r\nx: "])
async def test_a_head_that_does_not_come_is_given_up(begun: bytes) -> None:
    """Whatever of it is there."""
    async with serving(Impatient) as port, connected(port) as (reader, writer):
        writer.write(begun)

        assert await reader.read() == b""


async def test_a_head_that_comes_drop_by_drop_is_given_up() -> None:
    """A byte now and then does not buy time."""
    async with serving(Impatient) as port, connected(port) as (reader, writer):
        closed = asyncio.create_task(reader.read())
        writer.write(b"GET / HTTP/1.1\r\n")
        while not closed.done():
            writer.write(b"x: y\r\n")
            await asyncio.wait({closed}, timeout=0.05)

        assert closed.result() == b""


@pytest.mark.parametrize("begun", [b"\r\n", b"GET /", b"GET / HTTP/1.1\r\nhost: x\r\n"])
async def test_so_is_the_head_of_a_later_request(begun: bytes) -> None:
    """The web server's own timer ends at its first byte."""
    async with serving(Impatient) as port, connected(port) as (reader, writer):
        writer.write(REQUEST)
        await answer(reader)
        writer.write(begun)

        assert await reader.read() == b""


async def test_a_body_that_nobody_reads_does_not_hold_the_connection() -> None:
    """The answer is out; the rest never comes."""
    async with serving(Impatient) as port, connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n")
        await answer(reader)
        writer.write(b"some")

        assert await reader.read() == b""


async def test_a_connection_serves_many_requests() -> None:
    """Each head is counted and timed by itself."""
    async with serving(BoundedHttpProtocol) as port, connected(port) as (reader, writer):
        long_header = b"x: " + b"y" * (MAX_HEAD_BYTES // 2) + b"\r\n"
        for _ in range(4):
            writer.write(REQUEST[:-2] + long_header + b"\r\n")
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("piece", [b"x: " + b"y" * 997, b"x: y\r\n" * 100])
async def test_a_head_without_end_is_refused(piece: bytes) -> None:
    """One long line, or many short ones (RFC 6585 §5)."""
    async with serving(BoundedHttpProtocol) as port, connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n")
        ended = asyncio.create_task(reader.read())
        sent = 0
        while not ended.done():
            assert sent < 100 * MAX_HEAD_BYTES
            writer.write(piece)
            sent += len(piece)
            await asyncio.sleep(0)

        # What was on its way when the connection was closed may reset it before the answer is read.
        assert isinstance(ended.exception(), ConnectionResetError) or ended.result().startswith(b"HTTP/1.1 431 ")


async def test_a_request_that_is_none_is_refused() -> None:
    """As ever."""
    async with serving(BoundedHttpProtocol) as port, connected(port) as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")

        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


async def test_an_answer_without_end_hears_that_the_process_stops() -> None:
    """A server waits for what it has begun, as long as `drain_seconds`: nobody is to wait for a feed."""
    ending = Ending()

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[dict[str, Ending]]:
        yield {ENDING: ending}

    async def endless(_: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"hello"
            await ending.wait(BOUND)

        return StreamingResponse(chunks())

    app = Router([Route("/", endless)], lifespan=lifespan)
    config = Config(app, port=0, http=BoundedHttpProtocol, ws="none", lifespan="on", log_config=None)
    server = Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.lifespan.startup()
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connected(port) as (reader, writer):
        writer.write(REQUEST)
        await reader.readuntil(b"hello")
        await server.shutdown()

        assert ending.has_begun
        assert (await reader.read()).endswith(b"0\r\n\r\n")
