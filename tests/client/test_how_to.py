"""What the guide shows runs as it stands: a real token server, and a real service behind HTTP."""

import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tests.client.notes import JOB, Notes
from tests.client.scripted_server import token_answer
from tests.client.test_client import scripted
from tests.client.test_device import PENDING
from tests.server.web.live import Live
from tests.services.processes import Processes, free_port

GUIDE = list(blocks((TOP / "docs" / "how-to" / "get-tokens.md").read_text(), "python"))


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def notes(tmp_path: Path, processes: Processes) -> Iterator[Notes]:
    """A token server and a service that takes its tokens."""
    port = free_port()
    live = Live(tmp_path, f"sqlite:///{tmp_path / 'tokensmith.db'}", processes)
    live.start("--demo-audience", f"http://127.0.0.1:{port}")
    notes = Notes(live)
    with make_server("127.0.0.1", port, notes.application(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield notes
        server.shutdown()


def test_a_service_gets_tokens_and_uses_them(notes: Notes, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(GUIDE[:-1])
    for shown, meant in {
        "https://id.example": notes.live.issuer,
        "https://notes.example": notes.url,
        "nightly": JOB,
        "the secret": notes.live.demo["clients"][JOB],
    }.items():
        assert shown in text
        text = text.replace(shown, meant)
    names: dict[str, object] = {}
    exec(compile(text, "get-tokens.md", "exec"), names)

    assert capsys.readouterr().out == "200\n200\n"
    assert str(names["headers"]).startswith("{'Authorization': 'Bearer ")


def test_a_person_signs_in_on_another_device(capsys: pytest.CaptureFixture[str]) -> None:
    client, _ = scripted(PENDING, token_answer("a"))
    names: dict[str, object] = {"client": client}
    exec(compile(GUIDE[-1], "get-tokens.md", "exec"), names)

    assert "type WDJB-MJHT" in capsys.readouterr().out
    assert "answer" in names
