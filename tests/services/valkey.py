"""A real Valkey, or Redis where Debian has no Valkey yet (12): free port, in memory only, emptied before each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkey

from tests.services import machine
from tests.services.processes import Processes, free_port


def find_program() -> Path | None:
    """Find the server, Valkey first."""
    return machine.on_path("valkey-server", "redis-server")


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """Start one server for the whole run; the value is its URL."""
    program = machine.need("Valkey", find_program, packages=("valkey-server", "redis-server"))
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tokensmith-valkey-") as folder, Processes() as processes:
        where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder]
        processes.start(program, *where, "--save", "", "--appendonly", "no", port=port)
        yield f"valkey://127.0.0.1:{port}/0"


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """Give the test an empty Valkey database."""
    with valkey.Valkey.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server
