"""Logout tokens on their way, to a real server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tokensmith.outbound.with_urllib import BlockingFetcher, ThreadedFetcher
from tokensmith.server.gateways.logout_posts import LogoutPosts

pytestmark = pytest.mark.anyio
HEARD: list[tuple[str, bytes]] = []


class Client(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        HEARD.append((self.headers["content-type"], self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(int(self.path[1:]))
        self.send_header("location", "/200")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def client() -> Iterator[str]:
    HEARD.clear()
    with HTTPServer(("127.0.0.1", 0), Client) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "word"), [(200, None), (204, None), (400, "status_400"), (500, "status_500"), (307, "redirected")]
)
async def test_a_client_takes_it_or_does_not(client: str, status: int, word: str | None) -> None:
    """Back-Channel Logout §2.5, §2.8: a form; no redirect is followed."""
    posts = LogoutPosts(ThreadedFetcher(BlockingFetcher()))

    assert await posts.post(f"{client}/{status}", "a.b.c", is_trusted=True) == word
    assert HEARD == [("application/x-www-form-urlencoded", b"logout_token=a.b.c")]


async def test_whoever_registered_alone_names_no_address_of_ours(client: str) -> None:
    """P88: neither plain http nor a private address."""
    posts = LogoutPosts(ThreadedFetcher(BlockingFetcher()))

    assert await posts.post(f"{client}/200", "t", is_trusted=False) == "url_refused"
    assert await posts.post("https://127.0.0.1:1/", "t", is_trusted=False) == "address_refused"
    assert HEARD == []
