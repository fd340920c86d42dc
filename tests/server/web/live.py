"""Real server processes over one database, and programs that talk to them over HTTP."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.services.processes import Process, Processes, free_port
from tokensmith.server.storage.sealing import Sealing

# No test is about limits per address here, and all of them come from one.
ENVIRONMENT = {
    "TOKENSMITH_SIGN_INS_PER_MINUTE": "100000",
    "TOKENSMITH_CLIENT_FAILURES_PER_MINUTE": "100000",
    "TOKENSMITH_LOG_FORMAT": "json",
    "TOKENSMITH_REGISTRATION": "open",
}


@dataclass
class Live:
    """Servers that share a database and an issuer; the first one made the demo."""

    folder: Path
    database: str
    processes: Processes
    ports: list[int] = field(default_factory=list)
    servers: list[Process] = field(default_factory=list)

    def start(self, *arguments: str) -> Process:
        """Start one more server process."""
        port = free_port()
        self.ports.append(port)
        if not self.key_file.exists():
            self.give_key(Sealing.generate())
        demo = [] if self.servers else ["--demo", "--demo-file", str(self.folder / "demo.json")]
        server = self.processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--port", str(port), "--database", self.database),
            *("--issuer", self.issuer, *demo, *arguments),
            environment={**ENVIRONMENT, **self.key_setting},
        )
        self.servers.append(server)
        wait_until_healthy(server, port)
        return server

    @property
    def key_file(self) -> Path:
        """Where the sealing key is: beside the SQLite database, or in the settings."""
        return self.folder / ("tokensmith.db.sealing-key" if self.is_sqlite else "sealing-key")

    @property
    def is_sqlite(self) -> bool:
        """Whether the sealing key needs no setting."""
        return self.database.startswith("sqlite")

    @property
    def key_setting(self) -> dict[str, str]:
        """The variable that names the key's file, where it has to be named."""
        return {} if self.is_sqlite else {"TOKENSMITH_SEALING_KEY_FILE": str(self.key_file)}

    def give_key(self, sealing: Sealing) -> None:
        """Write the sealing keys for servers that start from now on."""
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(sealing.secret_text())

    @property
    def issuer(self) -> str:
        """The URL of the first server, for all of them."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def demo(self) -> dict[str, Any]:
        """People, clients and their secrets."""
        demo: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())["demo"]
        return demo

    def url(self, number: int, path: str) -> str:
        """A URL at one of the servers, by turns."""
        return f"http://127.0.0.1:{self.ports[number % len(self.ports)]}{path}"


@contextmanager
def one_server(folder: Path) -> Iterator[Live]:
    """Run one server on SQLite in *folder*."""
    with Processes() as processes:
        live = Live(folder, f"sqlite:///{folder / 'tokensmith.db'}", processes)
        live.start()
        yield live


def wait_until_healthy(server: Process, port: int) -> None:
    """Return when the server answers: its port accepts connections before it does."""
    server.wait_for_port(port, seconds=60)
    httpx2.get(f"http://127.0.0.1:{port}/healthz", timeout=60).raise_for_status()


async def sign_in(client: httpx2.AsyncClient, live: Live, *, number: int = 0) -> str:
    """Sign ada in; her refresh token."""
    body = {"username": "ada", "password": live.demo["people"]["ada"]}
    answer = await client.post(live.url(number, "/api/login"), json=body)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["refresh_token"]
    return token


async def refresh(client: httpx2.AsyncClient, url: str, token: str) -> httpx2.Response:
    """Ask for the token's successor."""
    form = {"grant_type": "refresh_token", "client_id": "first-party", "refresh_token": token}
    return await client.post(url, data=form)


async def sign_in_often(client: httpx2.AsyncClient, live: Live, *, times: int) -> list[str]:
    """Sign ada in again and again, two at a time: more attempts at once for one name would look like guessing."""
    room = asyncio.Semaphore(2)

    async def one(number: int) -> str:
        async with room:
            return await sign_in(client, live, number=number)

    return await asyncio.gather(*map(one, range(times)))


class Retrying:
    """A client that keeps its newest token, and tries again, elsewhere, where it got no answer."""

    def __init__(self, live: Live, number: int, token: str) -> None:
        self.live = live
        self.number = number
        self.token = token
        self.successors: dict[str, set[str]] = {}

    async def go_on(self, client: httpx2.AsyncClient, *, times: int, then: Callable[[], None]) -> None:
        for _ in range(times):
            answer = await self._answer(client)
            assert answer.status_code == 200, answer.text
            successor = answer.json()["refresh_token"]
            self.successors.setdefault(self.token, set()).add(successor)
            self.token = successor
            then()

    async def _answer(self, client: httpx2.AsyncClient) -> httpx2.Response:
        for _ in range(100):
            self.number += 1
            try:
                answer = await refresh(client, self.live.url(self.number, "/token"), self.token)
            except httpx2.TransportError:
                continue
            if answer.status_code != 503:
                return answer
        raise AssertionError("no server answers")
