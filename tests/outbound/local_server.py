"""A server of a few lines on this machine that answers each connection with exactly what a test scripted."""

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Answer = Callable[[socket.socket], None]


@dataclass
class LocalServer:
    port: int
    requests: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/", *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextlib.contextmanager
def serving(answer: Answer | bytes, *, tls: ssl.SSLContext | None = None) -> Iterator[LocalServer]:
    """Answer every request, one after the other, until the test is over."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = LocalServer(listener.getsockname()[1])
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(5)
                _answer_one(connection, answer, tls, server.requests)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stopping.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _answer_one(
    connection: socket.socket, answer: Answer | bytes, tls: ssl.SSLContext | None, requests: list[bytes]
) -> None:
    if tls is None:
        _converse(connection, answer, requests)
        return
    with tls.wrap_socket(connection, server_side=True) as secured:
        _converse(secured, answer, requests)


def _converse(connection: socket.socket, answer: Answer | bytes, requests: list[bytes]) -> None:
    received = b""
    while not _is_whole(received) and (chunk := connection.recv(65536)):
        received += chunk
    requests.append(received)
    if callable(answer):
        answer(connection)
    else:
        connection.sendall(answer)


def _is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)^content-length: (\d+)", head, re.MULTILINE)
    return end != b"" and len(body) >= (int(announced[1]) if announced else 0)


def http_answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drip(head: bytes, *, pause: float = 0.05) -> Answer:
    """Send *head*, then one byte at a time for ever: each arrives in time, the whole never does."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(pause)

    return answer
