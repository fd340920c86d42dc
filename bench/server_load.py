"""The load on a token server: callers over keep-alive connections, each asking for one thing after the other.

Run by bench/server.py in a process of its own; it says "ready", waits for a line, and prints what every answer took.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

CALLERS: Final = {"client_credentials": 16, "refresh": 32, "sign_in": 4}
MAX_REQUESTS: Final = 200_000


class Connection:
    """One keep-alive connection; as little as possible, since whoever measures shares the machine."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, media_type: str) -> dict[str, Any]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        content = await reader.readexactly(int(length.partition(b":")[2]))
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{answer.decode()}{content.decode()}")
        members: dict[str, Any] = json.loads(content)
        return members


def form(**fields: str) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


async def calls(what: str, connection: Connection, demo: dict[str, Any]) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """The requests of one caller, one after the other."""
    sign_in = json.dumps({"username": "ada", "password": demo["people"]["ada"]}).encode(), "application/json"
    client_id, secret = next(iter(demo["clients"].items()))
    own = form(grant_type="client_credentials", client_id=client_id, client_secret=secret)
    token = (await connection.post("/api/login", *sign_in))["refresh_token"] if what == "refresh" else ""

    async def refresh() -> None:
        nonlocal token
        body = form(grant_type="refresh_token", client_id="first-party", refresh_token=token)
        token = (await connection.post("/token", *body))["refresh_token"]

    requests: dict[str, Callable[[], Awaitable[Any]]] = {
        "client_credentials": lambda: connection.post("/token", *own),
        "refresh": refresh,
        "sign_in": lambda: connection.post("/api/login", *sign_in),
    }
    while True:
        yield requests[what]


async def load(what: str, port: int, demo: dict[str, Any], seconds: float) -> None:
    """Say when the callers are ready, wait for a line, call, and print how long each answer took."""
    took: list[float] = []
    started = asyncio.Event()
    deadline = 0.0

    async def caller(source: AsyncIterator[Callable[[], Awaitable[Any]]], first: Callable[[], Awaitable[Any]]) -> None:
        await started.wait()
        await first()
        async for call in source:
            begun = time.perf_counter()
            if begun > deadline or len(took) >= MAX_REQUESTS:
                return
            await call()
            took.append(time.perf_counter() - begun)

    sources = [calls(what, Connection("127.0.0.1", port), demo) for _ in range(CALLERS[what])]
    # One after the other: many sign-ins of one name at once would look like guessing.
    firsts = [await anext(source) for source in sources]
    tasks = [asyncio.create_task(caller(*pair)) for pair in zip(sources, firsts, strict=True)]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    begun = time.perf_counter()
    deadline = begun + seconds
    started.set()
    await asyncio.gather(*tasks)
    print(json.dumps({"seconds": time.perf_counter() - begun, "took": took}), flush=True)


if __name__ == "__main__":
    _, what, port, seconds = sys.argv
    asyncio.run(load(what, int(port), json.loads(os.environ["TOKENSMITH_BENCH_DEMO"]), float(seconds)))
