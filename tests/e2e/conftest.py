"""What the end-to-end tests start: `make run`, in a folder of its own, on ports of its own."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.processes import Process
from tokensmith.tour.demo_data import Demo, read_demo
from tokensmith.tour.ports import is_free

# A whole tour takes ten seconds on an idle machine; the tests share theirs with others.
LONGEST_SECONDS = 180
STAYS_UP = "Both stay up until Ctrl-C."


@dataclass(frozen=True)
class Stay:
    """A run that stays up after its tour."""

    process: Process
    folder: Path

    @property
    def demo(self) -> Demo:
        return read_demo(self.folder / ".run" / "demo.json")

    def wait_for(self, text: str) -> str:
        """Return all that was printed once *text* is among it."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while text not in (output := self.process.output()):
            assert self.process.poll() is None, output
            assert time.monotonic() < deadline, output
            time.sleep(0.05)
        return output

    def end(self, how: signal.Signals) -> int:
        """End it with a signal and return its status."""
        self.process.send_signal(how)
        return self.process.wait(30)


def quiet_port() -> int:
    """Name a port that is free, and so is the next, below those that outgoing connections take (ip_local_port_range).

    A run chooses its ports seconds before its services listen; one out of that range may be gone by then.
    """
    return next(
        port for port in iter(lambda: random.randrange(20_000, 32_000), None) if is_free(port) and is_free(port + 1)
    )


def tour_command(*arguments: str) -> list[str]:
    """What `make run` calls."""
    return [sys.executable, "-m", "tokensmith.tour.run", *arguments]


def run_once(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end in a folder, and return what it printed; standard error apart."""
    return finish(tour_command("--once", *arguments), folder)


def finish(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )


def begin_stay(folder: Path) -> Stay:
    """Start one that stays up; whoever starts it ends it."""
    return Stay(Process(tour_command("--port", str(quiet_port())), folder=folder), folder)


@pytest.fixture(scope="module")
def stay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stay]:
    """One run that stays up for a whole module."""
    running = begin_stay(tmp_path_factory.mktemp("stay"))
    try:
        running.wait_for(STAYS_UP)
        yield running
    finally:
        running.end(signal.SIGTERM)
        running.process.stop()
