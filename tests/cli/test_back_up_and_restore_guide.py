"""The drill: docs/how-to/back-up-and-restore.md as it stands, with real servers over both databases and a guard.

Two people sign in; a backup is made while the server runs; one signs out, one refreshes, one signs in anew and out
again. The backup is put back: all of it lives again, and the guard lets it in. After `tokensmith restored` none of it
does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tests.server.web.live import Live, wait_until_healthy
from tests.services import machine
from tests.services.postgres import PostgresServer, find_programs
from tests.services.processes import Process, Processes
from tokensmith.guard import Guard, InvalidTokenError, Issuer, RequestFacts, UnavailableError

GUIDE = (TOP / "docs" / "how-to" / "back-up-and-restore.md").read_text()
BACK_UP, PUT_BACK, AFTERWARDS = 0, 1, 2
PATIENCE = 30


class Drill:
    """A server, its operator's shell, and a guard that goes on through all of it."""

    def __init__(self, live: Live, section: str, environment: dict[str, str]) -> None:
        self.live = live
        self.blocks = list(blocks(_between(section), "sh"))
        self.environment = environment
        self.guard = Guard(Issuer(live.issuer, audience=live.demo["audience"], poll_interval=0.2))

    def type(self, number: int) -> str:
        """Run one block of the guide; what it printed."""
        text = self.blocks[number].replace("postgresql://tokensmith@db.example/", self.environment.get("SERVER", ""))
        tokensmith = f'tokensmith() {{ "{sys.executable}" -m tokensmith "$@"; }}'
        done = subprocess.run(
            ["bash", "-c", f"set -e\n{tokensmith}\n{text}"],
            env={**os.environ, **self.environment, **self.live.key_setting},
            cwd=self.live.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> None:
        self.live.servers.pop().stop()

    def start(self, database: str) -> Process:
        """Start the server again, at its old port and for the same people."""
        (port,) = self.live.ports
        server = self.live.processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--port", str(port)),
            *("--issuer", self.live.issuer, "--database", database),
            environment=self.live.key_setting,
        )
        self.live.servers.append(server)
        wait_until_healthy(server, port)
        return server

    def sign_in(self) -> dict[str, Any]:
        body = {"username": "ada", "password": self.live.demo["people"]["ada"]}
        return self._answer(httpx2.post(f"{self.live.issuer}/api/login", json=body, timeout=30))

    def sign_out(self, tokens: dict[str, Any]) -> None:
        body = {"refresh_token": tokens["refresh_token"]}
        httpx2.post(f"{self.live.issuer}/api/logout", json=body, timeout=30).raise_for_status()

    def refresh(self, tokens: dict[str, Any]) -> httpx2.Response:
        form = {"grant_type": "refresh_token", "client_id": "first-party", "refresh_token": tokens["refresh_token"]}
        return httpx2.post(f"{self.live.issuer}/token", data=form, timeout=30)

    def refreshed(self, tokens: dict[str, Any]) -> dict[str, Any]:
        return self._answer(self.refresh(tokens))

    def _answer(self, answer: httpx2.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def at_the_guard(self, tokens: dict[str, Any]) -> str:
        """What a service says to the access token: "" for welcome, else why not."""
        facts = RequestFacts.from_headers({"Authorization": f"Bearer {tokens['access_token']}"})
        try:
            self.guard.authenticate_sync(facts)
        except (InvalidTokenError, UnavailableError) as error:
            return error.code
        return ""

    def expect(self, told: Callable[[], object], wanted: object) -> None:
        """Ask until a guard, which hears of everything a moment later, has heard of it."""
        deadline = time.monotonic() + PATIENCE
        while told() != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        assert told() == wanted


def _between(section: str) -> str:
    """The two chapters about one database."""
    return (
        GUIDE[GUIDE.index(f"## Back up {section}") :].partition(f"## Restore {section}")[0]
        + GUIDE[GUIDE.index(f"## Restore {section}") :].partition("\n## ")[0]
    )


@pytest.fixture
def on_sqlite(tmp_path: Path, processes: Processes) -> tuple[Drill, str]:
    """The database in a file, its key beside it."""
    machine.need("sqlite3", lambda: machine.on_path("sqlite3"), packages=("sqlite3",))
    live = Live(tmp_path, f"sqlite:///{tmp_path / 'tokensmith.db'}", processes)
    live.start()
    (tmp_path / "elsewhere").mkdir()
    return Drill(live, "SQLite", {"TOKENSMITH_DATABASE": live.database}), live.database


@pytest.fixture
def on_postgresql(tmp_path: Path, processes: Processes, postgres_server: PostgresServer) -> Any:
    """A database with the guide's own name, on the suite's server."""
    programs = find_programs()
    assert programs is not None
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute("create database tokensmith")
    live = Live(tmp_path, postgres_server.url("tokensmith"), processes)
    live.start()
    where = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres_server.port),
        "PGUSER": "tokensmith",
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SERVER": postgres_server.url(""),
    }
    yield Drill(live, "PostgreSQL", where), postgres_server.url("tokensmith_restored")
    for server in live.servers:
        server.stop()
    for name in ("tokensmith", "tokensmith_restored"):
        postgres_server.drop(name)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_a_backup_brings_back_is_ended(database: str, request: pytest.FixtureRequest) -> None:
    """See above."""
    drill, restored_url = request.getfixturevalue(f"on_{database}")
    signed_out, going_on = drill.sign_in(), drill.sign_in()
    drill.type(BACK_UP)
    drill.sign_out(signed_out)
    rotated = drill.refreshed(drill.refreshed(going_on))
    unknown = drill.sign_in()
    drill.sign_out(unknown)
    drill.expect(lambda: [drill.at_the_guard(each) for each in (signed_out, unknown)], ["revoked", "revoked"])
    assert drill.at_the_guard(rotated) == ""

    drill.stop()
    drill.type(PUT_BACK)
    drill.start(restored_url)
    # The danger. Access that was revoked is there, at the server and at services; nothing can revoke the second.
    drill.expect(lambda: [drill.at_the_guard(each) for each in (signed_out, unknown)], ["", ""])
    revived = drill.refreshed(signed_out)
    assert drill.refresh(rotated).json()["error"] == "invalid_grant"

    drill.stop()
    said = drill.type(AFTERWARDS)
    assert "2 signing keys, 2 sessions, 2 grants" in said
    drill.start(restored_url)
    before = (signed_out, revived, going_on, rotated, unknown)
    drill.expect(lambda: [bool(drill.at_the_guard(each)) for each in before], [True] * len(before))
    again = drill.sign_in()
    drill.expect(lambda: drill.at_the_guard(again), "")
    assert [drill.at_the_guard(each) for each in before] == ["unknown_key"] * len(before)
    assert {drill.refresh(each).json()["error"] for each in before} == {"invalid_grant"}
    assert drill.refresh(again).status_code == 200
