"""Notes over gRPC without generated code: every kind of call, blocking and asynchronous, on a real socket."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from tokensmith.integrations.grpc import principal_of

KINDS = ("UnaryUnary", "UnaryStream", "StreamUnary", "StreamStream")
MAKERS = dict(
    zip(
        KINDS,
        (
            grpc.unary_unary_rpc_method_handler,
            grpc.unary_stream_rpc_method_handler,
            grpc.stream_unary_rpc_method_handler,
            grpc.stream_stream_rpc_method_handler,
        ),
        strict=True,
    )
)
Metadata = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """What a call came to: its code, what was said about it, and every message."""

    code: grpc.StatusCode
    details: str = ""
    trailing: dict[str, str] = field(default_factory=dict)
    messages: tuple[bytes, ...] = ()

    @property
    def challenge(self) -> str | None:
        return self.trailing.get("www-authenticate")


def caller() -> bytes:
    principal = principal_of()
    return b"nobody" if principal is None else principal.subject.encode()


def blocking_methods() -> dict[str, Callable[..., Any]]:
    def stream(_: Any, __: Any) -> Iterator[bytes]:
        yield caller()
        yield caller()

    def of_stream(requests: Iterator[bytes], _: Any) -> bytes:
        return b",".join(caller() for _ in requests)

    def both(requests: Iterator[bytes], _: Any) -> Iterator[bytes]:
        for _request in requests:
            yield caller()

    return dict(zip(KINDS, (lambda _, __: caller(), stream, of_stream, both), strict=True))


def asynchronous_methods() -> dict[str, Callable[..., Any]]:
    async def unary(_: Any, __: Any) -> bytes:
        return caller()

    async def stream(_: Any, __: Any) -> AsyncIterator[bytes]:
        yield caller()
        await asyncio.sleep(0)
        yield caller()

    async def of_stream(requests: AsyncIterator[bytes], _: Any) -> bytes:
        return b",".join([caller() async for _ in requests])

    async def both(requests: AsyncIterator[bytes], _: Any) -> AsyncIterator[bytes]:
        async for _request in requests:
            yield caller()

    return dict(zip(KINDS, (unary, stream, of_stream, both), strict=True))


def service_of(methods: dict[str, Callable[..., Any]], **more: Callable[..., Any]) -> Any:
    """Name the methods /notes.Notes/UnaryUnary and so on; *more* are of the kind their names end in."""
    handlers: dict[str, Any] = {}
    for name, method in {**methods, **more}.items():
        kind = next(kind for kind in KINDS if name.endswith(kind))
        make: Any = MAKERS[kind]
        handlers[name] = make(method)
    return grpc.method_handlers_generic_handler("notes.Notes", handlers)


@contextmanager
def serving(interceptor: Any, *, credentials: grpc.ServerCredentials | None = None, **more: Any) -> Iterator[str]:
    """Serve with blocking methods; the value is where."""
    server = grpc.server(ThreadPoolExecutor(8), interceptors=[interceptor])
    server.add_generic_rpc_handlers([service_of(blocking_methods(), **more)])
    port = opened(server, credentials)
    server.start()
    try:
        yield f"localhost:{port}"
    finally:
        server.stop(None).wait()


@contextmanager
def serving_asynchronously(interceptor: Any, **more: Any) -> Iterator[str]:
    """Serve with asynchronous methods, in an event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[Any, int]:
        server = grpc.aio.server(interceptors=[interceptor])
        server.add_generic_rpc_handlers([service_of(asynchronous_methods(), **more)])
        port = opened(server, None)
        await server.start()
        return server, port

    server, port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield f"localhost:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(None), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def opened(server: Any, credentials: grpc.ServerCredentials | None) -> int:
    port: int = (
        server.add_insecure_port("127.0.0.1:0")
        if credentials is None
        else server.add_secure_port("127.0.0.1:0", credentials)
    )
    return port


def call(where: str | grpc.Channel, name: str, metadata: Metadata = ()) -> Reply:
    """Call a method of the kind its name ends in, with two messages where it takes a stream."""
    if isinstance(where, str):
        with grpc.insecure_channel(where) as channel:
            return call(channel, name, metadata)
    kind = next(kind for kind in KINDS if name.endswith(kind))
    made: Any = {
        "UnaryUnary": where.unary_unary,
        "UnaryStream": where.unary_stream,
        "StreamUnary": where.stream_unary,
        "StreamStream": where.stream_stream,
    }[kind](f"/notes.Notes/{name}")
    request: Any = iter([b"1", b"2"]) if kind.startswith("Stream") else b"1"
    try:
        if kind.endswith("Stream"):
            return Reply(grpc.StatusCode.OK, messages=tuple(made(request, metadata=metadata, timeout=20)))
        return Reply(grpc.StatusCode.OK, messages=(made(request, metadata=metadata, timeout=20),))
    except grpc.RpcError as error:
        failed: Any = error
        return Reply(failed.code(), failed.details(), {key: str(value) for key, value in failed.trailing_metadata()})
