"""What surrounds the two services; that they start, answer and end is shown in tests/e2e."""

import socket
import stat
from pathlib import Path

import pytest

from tokensmith.server.storage.sealing import Sealing
from tokensmith.tour import services
from tokensmith.tour.demo_data import Demo, DemoError
from tokensmith.tour.folder import SEALING_KEY

POSTGRES = "postgresql://tokensmith@127.0.0.1/x"


@pytest.fixture(autouse=True)
def _other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """This shell belongs to somebody who runs another server."""
    monkeypatch.setenv("TOKENSMITH_ISSUER", "https://id.example")
    monkeypatch.setenv("TOKENSMITH_TOUR_PASSWORD", "s3cret")
    monkeypatch.delenv("TOKENSMITH_SEALING_KEY", raising=False)
    monkeypatch.delenv("TOKENSMITH_SEALING_KEY_FILE", raising=False)


@pytest.mark.parametrize("database", [None, "sqlite:///x.db"])
def test_settings_of_another_server_are_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str | None
) -> None:
    """Neither its issuer nor its key; everything else of the environment stays."""
    monkeypatch.setenv("TOKENSMITH_SEALING_KEY", "theirs")
    environment = services.server_environment(tmp_path, database)

    assert [name for name in environment if name.startswith("TOKENSMITH_")] == []
    assert "PATH" in environment


def test_a_database_that_outlives_the_run_gets_a_key_that_does(tmp_path: Path) -> None:
    """Made once, readable by us alone, and a real one."""
    path = Path(services.server_environment(tmp_path, POSTGRES)["TOKENSMITH_SEALING_KEY_FILE"])
    first = path.read_text()
    services.server_environment(tmp_path, POSTGRES)

    assert path == tmp_path / SEALING_KEY
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(Sealing.parse(first).key_ids) == 1


def test_a_key_given_for_a_database_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none is made."""
    monkeypatch.setenv("TOKENSMITH_SEALING_KEY", "tsk_given")
    environment = services.server_environment(tmp_path, POSTGRES)

    assert environment["TOKENSMITH_SEALING_KEY"] == "tsk_given"
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_told() -> None:
    """Else people look where they are used to."""
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        port = services.choose_port(taken, "token server", said.append)

    assert port > taken
    assert said == [f"Port {taken} is taken; the token server gets {port}."]


@pytest.mark.parametrize("audience", ["urn:example:notes", "http://127.0.0.1", "http://192.0.2.1:8001"])
def test_a_service_is_not_started_for_another_machine(audience: str, tmp_path: Path) -> None:
    """Nor where its name is not an address at all."""
    demo = Demo(people={}, clients={}, audience=audience, issuer="http://127.0.0.1:1")

    with pytest.raises(DemoError, match="name the notes service with --notes"):
        services.notes_of(demo, folder=tmp_path, say=print).__enter__()
