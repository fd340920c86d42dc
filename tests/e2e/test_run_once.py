"""`make run ONCE=1`: both services started, every step walked, and nothing left behind."""

import json
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import finish, quiet_port, run_once
from tests.services.processes import is_listening

ALL_HELD = "15 of 15 steps held"


@dataclass(frozen=True)
class Once:
    done: subprocess.CompletedProcess[str]
    folder: Path
    taken: int


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Once]:
    """One run on SQLite, with the port it likes best taken by somebody else."""
    folder = tmp_path_factory.mktemp("once")
    taken = quiet_port()
    with socket.create_server(("127.0.0.1", taken)):
        yield Once(run_once(folder, "--port", str(taken)), folder, taken)


def test_every_step_holds_on_sqlite(once: Once) -> None:
    """And the status says so."""
    assert ALL_HELD in once.done.stdout, once.done.stdout + once.done.stderr
    assert once.done.returncode == 0
    assert once.done.stderr == ""


def test_a_taken_port_is_passed_over_and_told(once: Once) -> None:
    """Else people would look where they are used to."""
    assert f"Port {once.taken} is taken; the token server gets " in once.done.stdout


def test_nobody_is_left_behind(once: Once) -> None:
    """Neither of the two services listens any more."""
    ports = {int(port) for port in re.findall(r"http://127\.0\.0\.1:(\d+)", once.done.stdout)}

    assert len(ports) == 2
    assert [port for port in ports if is_listening(port)] == []


def test_what_is_printed_holds_no_secret(once: Once) -> None:
    """It can be pasted anywhere: no password, no client secret, no whole token."""
    demo = json.loads((once.folder / ".run/demo.json").read_text())["demo"]
    secrets = [*demo["people"].values(), *demo["clients"].values()]

    assert secrets
    assert [secret for secret in secrets if secret in once.done.stdout] == []
    assert re.search(r"eyJ[\w-]{20,}", once.done.stdout) is None
    assert re.search(r"tsr_[\w-]{20,}", once.done.stdout) is None


def test_what_is_kept_is_closed_to_others(once: Once) -> None:
    """Database, logs and passwords lie in one folder."""
    folder = once.folder / ".run"

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"demo.json", "notes.log", "server.log", "tokensmith.db"} <= {path.name for path in folder.iterdir()}


def test_a_pipe_gets_neither_colours_nor_trailing_spaces(once: Once) -> None:
    """It is text, ready to be read elsewhere."""
    assert "\x1b" not in once.done.stdout
    assert [line for line in once.done.stdout.splitlines() if line != line.rstrip()] == []


def test_every_step_holds_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """The same tour; only --database is another."""
    done = run_once(tmp_path, "--port", str(quiet_port()), "--database", postgres_url)

    assert ALL_HELD in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_the_tour_command_starts_what_does_not_run(tmp_path: Path) -> None:
    """`tokensmith tour`, the first thing anybody types: both are started for the visit, and ended after it.

    A demo file whose server is gone changes nothing.
    """
    port = quiet_port()
    stale = {"people": {}, "clients": {}, "audience": "http://127.0.0.1:1", "issuer": "http://127.0.0.1:1"}
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run/demo.json").write_text(json.dumps({"demo": stale}))
    done = finish([sys.executable, "-m", "tokensmith", "tour", "--port", str(port)], tmp_path)

    assert ALL_HELD in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert not is_listening(port)


def test_a_server_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """Status 2, and the reason where one looks first."""
    port = quiet_port()
    done = run_once(tmp_path, "--port", str(port), "--database", f"sqlite:///{tmp_path}/missing/x.db")

    assert done.returncode == 2
    assert "The token server has ended with status" in done.stderr
    assert "The end of .run/server.log:" in done.stderr
    assert not is_listening(port)
