"""Processes are started, waited for, and ended for sure."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.services.processes import Process, Processes, free_port, is_listening

SERVER = "import http.server, sys; http.server.test(port=int(sys.argv[1]), bind='127.0.0.1')"
STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
)


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for_output(process: Process, text: str) -> str:
    """Wait until a process has written a text; what it wrote."""
    while text not in (written := process.output()):
        time.sleep(0.01)
    return written


def test_a_started_server_answers_and_is_gone_afterwards() -> None:
    """Start returns when the port accepts connections."""
    port = free_port()
    with Processes() as processes:
        processes.start(sys.executable, "-c", SERVER, str(port), port=port)

        assert is_listening(port)

    assert not is_listening(port)


def test_a_process_that_ends_early_shows_what_it_wrote(processes: Processes) -> None:
    """No test waits out a time limit for a server that is dead."""
    with pytest.raises(RuntimeError, match="no such luck"):
        processes.start(sys.executable, "-c", "raise SystemExit('no such luck')", port=free_port())


def test_a_process_that_never_listens_is_given_up(processes: Processes) -> None:
    """The error names the port."""
    with pytest.raises(RuntimeError, match="does not listen on"):
        processes.start("sleep", "600", port=free_port(), seconds=0.1)


def test_a_stubborn_process_and_its_children_are_killed() -> None:
    """Ignoring SIGTERM helps neither it nor what it has started."""
    with Processes() as processes:
        process = processes.start(sys.executable, "-c", STUBBORN)
        child = int(wait_for_output(process, "\n"))
        process.stop(seconds=0.1)

    assert process.returncode == -signal.SIGKILL
    while is_alive(child):
        time.sleep(0.01)


def test_the_environment_is_added_to_ours(processes: Processes) -> None:
    """A server under test sees PATH and what the test adds."""
    process = processes.start(
        sys.executable, "-c", "import os; print(os.environ['PATH'], os.environ['ADDED'])", environment={"ADDED": "yes"}
    )
    process.wait()

    assert process.output() == f"{os.environ['PATH']} yes\n"
