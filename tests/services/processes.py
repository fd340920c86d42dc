"""Start real processes for a test, wait until they answer, and end them for sure.

Each gets a session (a process group) of its own, so that a server's workers end with it even when it was killed.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

import pytest


def free_port() -> int:
    """Name a TCP port on 127.0.0.1 that nobody listens on now; another process may still take it first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_listening(port: int) -> bool:
    """Tell whether something accepts connections on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process(subprocess.Popen[bytes]):
    """One started process; its standard output and error go to one file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        folder: Path | None = None,
    ) -> None:
        """Start *command*; *environment* is added to ours; *user* needs root."""
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process
        super().__init__(
            [str(part) for part in command],
            env={**os.environ, **(environment or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )

    def output(self) -> str:
        """Everything the process has written so far."""
        return os.pread(self.log.fileno(), 1_000_000, 0).decode(errors="replace")

    def wait_for_port(self, port: int, *, seconds: float = 30) -> None:
        """Return when the port accepts connections.

        Raises:
            RuntimeError: The process ended, or took too long; the text is what it wrote.
        """
        deadline = time.monotonic() + seconds
        while not is_listening(port):
            if self.poll() is not None:
                raise RuntimeError(f"{self.args!r} ended with {self.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.args!r} does not listen on {port} after {seconds} s:\n{self.output()}")
            time.sleep(0.02)

    def stop(self, *, seconds: float = 10, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask the process to end, and kill what is left of its group; returns its exit status."""
        if self.poll() is None:
            self.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.wait(seconds)
        self.kill_group()
        status = self.wait()
        if not self.log.closed:
            self.log.close()
        return status

    def kill_group(self) -> None:
        """Kill the process and all it has started, at once (SIGKILL)."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Processes:
    """Starts processes and stops every one of them on leaving the `with` block, last first."""

    def __init__(self) -> None:
        self._running: list[Process] = []

    def start(
        self,
        *command: str | Path,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        seconds: float = 30,
    ) -> Process:
        """Start a command; with a *port*, return only when it accepts connections there."""
        process = Process(command, environment=environment)
        self._running.append(process)
        if port is not None:
            process.wait_for_port(port, seconds=seconds)
        return process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._running:
            self._running.pop().stop()


@pytest.fixture
def processes() -> Iterator[Processes]:
    """Start subprocesses that end with the test; wider fixtures use `with Processes() as processes` themselves."""
    with Processes() as running:
        yield running
