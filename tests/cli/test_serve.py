"""`tokensmith serve`: a real process, from its first line to its last."""

import json
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from tests.services.processes import Process, Processes, free_port, is_listening
from tokensmith.cli.serve import serve


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory for the default database."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Server:
    """A server, started with some arguments, that answers."""

    def __init__(self, processes: Processes, *arguments: str) -> None:
        self.port = free_port()
        self.process: Process = processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--port", str(self.port), *arguments),
            environment={"TOKENSMITH_LOG_FORMAT": "json"},
        )
        # The port is taken before the database is made ready; connections wait until then.
        self.process.wait_for_port(self.port, seconds=60)
        self.get("/healthz")

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", timeout=60)

    def lines(self) -> Iterator[dict[str, Any]]:
        """What was logged, and the demo's line on standard output."""
        for line in self.process.output().splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_starts_from_nothing_answers_and_stops_in_good_order(
    folder: Path, processes: Processes, workers: str
) -> None:
    """With no settings at all: a database and its sealing key beside it, both their owner's alone."""
    server = Server(processes, "--workers", workers)
    ready = server.get("/readyz")
    document = server.get("/.well-known/openid-configuration").json()
    status = server.stop()

    assert (ready.status_code, status) == (200, 0)
    assert document["issuer"] == f"http://127.0.0.1:{server.port}"
    for name in ("tokensmith.db", "tokensmith.db.sealing-key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    (serving,) = [line for line in server.lines() if line["event"] == "serving"]
    assert (serving["issuer"], serving["workers"]) == (document["issuer"], int(workers))
    assert "Traceback" not in server.process.output()


def test_ctrl_c_stops_it_too(folder: Path, processes: Processes) -> None:
    server = Server(processes)
    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(30) == 0
    assert "Traceback" not in server.process.output()


def test_port_0_takes_a_free_one_and_the_issuer_has_it(folder: Path, processes: Processes) -> None:
    """A token names the port it can be checked at."""
    process = processes.start(sys.executable, "-m", "tokensmith", "serve", "--port", "0")
    deadline = time.monotonic() + 60
    while '"serving"' not in process.output():
        assert process.poll() is None, process.output()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    serving = next(json.loads(line) for line in process.output().splitlines() if '"serving"' in line)
    issuer = serving["issuer"]

    assert issuer == f"http://127.0.0.1:{serving['port']}"
    assert httpx2.get(f"{issuer}/.well-known/openid-configuration", timeout=60).json()["issuer"] == issuer


def test_a_demo_tells_its_passwords_to_programs_and_to_people(folder: Path, processes: Processes) -> None:
    """One JSON line on standard output, the same in the file, lines to read beside it."""
    server = Server(processes, "--demo", "--demo-file", "run/demo.json", "--demo-audience", "http://127.0.0.1:9")
    (told,) = [line for line in server.lines() if "demo" in line]
    demo = told["demo"]
    ada = {"username": "ada", "password": demo["people"]["ada"]}
    answer = httpx2.post(f"{demo['issuer']}/api/login", json=ada, timeout=30)

    assert answer.status_code == 200
    assert told == json.loads((folder / "run" / "demo.json").read_text())
    assert demo["audience"] == "http://127.0.0.1:9"
    assert f"ada          password {demo['people']['ada']}" in server.process.output()


def test_a_worker_that_dies_is_replaced(folder: Path, processes: Processes) -> None:
    """And what it counted still counts."""
    server = Server(processes, "--workers", "2")
    server.get("/readyz")
    before = children_of(server.process.pid)
    os.kill(before.pop(), signal.SIGKILL)

    def replaced() -> bool:
        now = children_of(server.process.pid)
        return len(now) == 2 and now != before

    deadline = time.monotonic() + 60
    while not replaced():
        assert time.monotonic() < deadline, server.process.output()
        time.sleep(0.1)
    assert server.get("/readyz").status_code == 200
    assert server.stop() == 0


def test_workers_end_with_a_parent_that_was_killed(folder: Path, processes: Processes) -> None:
    """Nobody would stop or replace them, and the port would stay taken."""
    server = Server(processes, "--workers", "2")
    workers = children_of(server.process.pid)
    server.process.kill()
    server.process.wait(30)
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert len(workers) == 2
    assert not is_listening(server.port)


def children_of(pid: int) -> set[int]:
    """The workers: what the parent started, less multiprocessing's own helper."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()}


def test_a_port_that_is_taken_is_told_before_anything_is_written(folder: Path) -> None:
    """Status 3, so that a script can try the next."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = CliRunner().invoke(serve, ["--port", str(port)])

    assert result.exit_code == 3
    assert result.stderr == f"Error: 127.0.0.1 port {port} is taken; choose another with --port.\n"
    assert list(folder.iterdir()) == []


def test_an_address_of_another_machine_is_told(folder: Path) -> None:
    result = CliRunner().invoke(serve, ["--host", "192.0.2.1", "--issuer", "https://id.example"])

    assert result.exit_code == 3
    assert result.stderr.startswith("Error: Cannot listen on 192.0.2.1 port 8000: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "65536"], "port"),
        (["--host", "0.0.0.0"], "issuer"),
        (["--issuer", "http://id.example"], "issuer"),
        (["--demo", "--issuer", "https://id.example"], "loopback"),
        (["--workers", "0"], "workers"),
    ],
)
def test_settings_that_cannot_be_used_are_told(folder: Path, arguments: list[str], says: str) -> None:
    """Status 2, like any wrong command line."""
    result = CliRunner().invoke(serve, arguments)

    assert result.exit_code == 2
    assert says in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--port", "0", "--database", "mysql://x"], 2, "database"),
        (["--port", "0", "--database", "sqlite:////nowhere/at/all.db"], 1, "database"),
        (["--port", "0", "--database", "postgresql://127.0.0.1:1/none"], 1, "database"),
        (["--port", "0", "--demo", "--demo-audience", "notes"], 1, "absolute URI"),
    ],
)
def test_a_server_that_cannot_work_does_not_start(folder: Path, arguments: list[str], status: int, says: str) -> None:
    """With a message and no traceback."""
    result = CliRunner().invoke(serve, arguments)

    assert (result.exit_code, says in result.stderr) == (status, True), result.output


def test_a_sealing_key_that_was_named_and_is_not_there_is_not_made(folder: Path) -> None:
    """A new one over old data would hide that a backup of the right one may exist."""
    key = folder / "key"
    result = CliRunner().invoke(serve, ["--port", "0"], env={"TOKENSMITH_SEALING_KEY_FILE": str(key)})

    assert result.exit_code == 1
    assert str(key) in result.stderr
    assert not key.exists()
