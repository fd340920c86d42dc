"""Processes that are started, waited for, and ended with all they started."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.processes import free_port
from tokensmith.tour import children
from tokensmith.tour.children import Child, ChildError, answers

# Runs a small program as `python -m`: with its own folder on the path.
SLEEPER = "import subprocess, sys, time\nprint(subprocess.Popen(['sleep', '60']).pid, flush=True)\ntime.sleep(60)\n"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(60)\n"


@pytest.fixture
def started() -> Iterator[list[Child]]:
    running: list[Child] = []
    yield running
    for child in running:
        child.stop()


def child(folder: Path, program: str, *arguments: str, name: str = "The program") -> Child:
    (folder / "program.py").write_text(program)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return Child(name, "program", *arguments, log=folder / "program.log", environment=environment)


def wait_for_text(path: Path) -> str:
    deadline = time.monotonic() + 20
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def wait_until_gone(pid: int) -> None:
    """Killed processes end a moment later, and may stay as a name until whoever adopted them has looked."""
    deadline = time.monotonic() + 20
    while not process_state(pid) <= {"Z"}:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def process_state(pid: int) -> set[str]:
    try:
        return {Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]}
    except (FileNotFoundError, ProcessLookupError):
        return set()


def test_a_child_is_ready_when_it_answers(tmp_path: Path, started: list[Child]) -> None:
    """Not when it has been started."""
    port = free_port()
    environment = {**os.environ}
    command = ("http.server", "--bind", "127.0.0.1", str(port))
    server = Child("A server", *command, log=tmp_path / "log", environment=environment)
    started.append(server)
    assert not answers(f"http://127.0.0.1:{port}/")

    server.start()
    server.wait_until_ready(f"http://127.0.0.1:{port}/")

    assert answers(f"http://127.0.0.1:{port}/")
    assert not answers(f"http://127.0.0.1:{port}/missing")


def test_a_child_that_ends_shows_the_end_of_its_log(tmp_path: Path, started: list[Child]) -> None:
    """The reason is in there, and the rest is left out."""
    broken = child(tmp_path, "print('\\n'.join(map(str, range(100))))\nraise SystemExit(7)\n")
    started.append(broken)
    broken.start()

    with pytest.raises(ChildError, match="The program has ended with status 7") as raised:
        broken.wait_until_ready("http://127.0.0.1:1/")
    lines = str(raised.value).splitlines()

    assert lines[1] == f"The end of {tmp_path / 'program.log'}:"
    assert lines[2:] == [f"  {number}" for number in range(80, 100)]


def test_a_child_that_takes_too_long_is_given_up(tmp_path: Path, started: list[Child]) -> None:
    """With where it should have answered, and its log."""
    slow = child(tmp_path, SLEEPER)
    started.append(slow)
    slow.start()

    with pytest.raises(ChildError, match=r"does not answer at http://127\.0\.0\.1:1/ after 0\.1 s"):
        slow.wait_until_ready("http://127.0.0.1:1/", seconds=0.1)


def test_a_child_is_ended_with_what_it_started(tmp_path: Path, started: list[Child]) -> None:
    """No orphans."""
    parent = child(tmp_path, SLEEPER)
    started.append(parent)
    parent.start()
    grandchild = int(wait_for_text(tmp_path / "program.log"))
    parent.check()

    parent.stop()

    wait_until_gone(grandchild)
    with pytest.raises(ChildError, match="has ended with status -15"):
        parent.check()


def test_a_child_that_does_not_listen_is_killed(
    tmp_path: Path, started: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it has had its time."""
    monkeypatch.setattr(children, "STOP_SECONDS", 0.1)
    deaf = child(tmp_path, DEAF)
    started.append(deaf)
    deaf.start()
    wait_for_text(tmp_path / "program.log")

    deaf.stop()

    with pytest.raises(ChildError, match="has ended with status -9"):
        deaf.check()


def test_a_child_that_was_never_started_has_nothing_to_end(tmp_path: Path) -> None:
    """Whoever is to end it is told before it starts."""
    never = child(tmp_path, SLEEPER)
    (tmp_path / "program.log").write_text("")
    never.stop()

    with pytest.raises(ChildError, match="has ended with status None"):
        never.check()


def test_a_child_has_a_session_of_its_own(tmp_path: Path, started: list[Child]) -> None:
    """A Ctrl-C on the terminal reaches us alone, and we end it in order."""
    other = child(tmp_path, "import os\nprint(os.getsid(0), flush=True)\n")
    started.append(other)
    other.start()

    assert int(wait_for_text(tmp_path / "program.log")) != os.getsid(0)


def test_a_child_runs_with_our_interpreter(tmp_path: Path, started: list[Child]) -> None:
    """Whatever `python` means on the path."""
    same = child(tmp_path, "import sys\nprint(sys.executable, flush=True)\n")
    started.append(same)
    same.start()

    assert wait_for_text(tmp_path / "program.log").strip() == sys.executable
