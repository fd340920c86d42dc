"""A real PostgreSQL of the suite's own: free port, temporary folder, nothing kept, never the packaged cluster.

PostgreSQL refuses to run as root, so root hands it to the `postgres` user (or `nobody`), with a folder that user owns:
pytest's own temporary folders are closed to others. Syncing to disk is off: these databases outlive no test.
"""

import itertools
import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, LiteralString

import psycopg
import pytest
from psycopg import sql

from tests.services import machine
from tests.services.processes import Process, free_port

USER: Final = "tokensmith"
SETTINGS: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, for tests that need more than one empty database."""

    port: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres") -> str:
        """The URL of one database, as SQLAlchemy and `--database` take it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template1") -> str:
        """Make a database as a copy of another (nobody may be connected to that one) and return its name."""
        name = f"test_{next(self._numbers)}"
        self._execute("create database {} template {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, cutting off whoever is still connected to it."""
        self._execute("drop database if exists {} with (force)", name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def find_programs() -> Path | None:
    """Find the folder of PostgreSQL's programs, the newest first; Debian keeps them off the PATH."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = machine.on_path("initdb")
    candidates = [*reversed(packaged), *([on_path.resolve().parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def unprivileged_user() -> str | None:
    """Name the user PostgreSQL is to run as; None where we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if any(name == entry.pw_name for entry in pwd.getpwall()))


def make_folder(user: str | None) -> Path:
    """Make a temporary folder the user owns; short, since a socket's path must stay under 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="tokensmith-pg-", dir="/tmp"))
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def make_cluster(initdb: Path, data: str, *, user: str | None) -> None:
    """Make the files of a new server, without waiting for the disk."""
    command = [str(initdb), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = Process(command, user=user, folder=Path(data).parent)
    if made.wait(60) != 0:
        raise RuntimeError(f"initdb failed:\n{made.output()}")
    made.stop()


def wait_until_ready(server: PostgresServer, process: Process, *, seconds: float = 60) -> None:
    """Wait for the first real session: the port accepts while the server still says "starting up" (57P03)."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{process.output()}") from error
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run."""
    programs = machine.need("PostgreSQL", find_programs, packages=("postgresql",))
    user = unprivileged_user()
    folder = make_folder(user)
    data = str(folder / "data")
    make_cluster(programs / "initdb", data, user=user)
    server = PostgresServer(free_port())
    listen = ["-p", str(server.port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    process = Process([programs / "postgres", "-D", data, *listen, *options], user=user, folder=folder)
    try:
        wait_until_ready(server, process)
        yield server
    finally:
        process.stop(how=signal.SIGINT)  # "fast": sessions are cut off, as nobody should be left
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the test a fresh, empty PostgreSQL database."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)
