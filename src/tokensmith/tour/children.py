"""The processes a run starts: waited for until they answer, and ended with everything they started themselves.

Each has a session of its own. A Ctrl-C on the terminal therefore reaches us alone, and we end them in order.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tokensmith.tour.exchange import NoAnswerError, get, send

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 12.0
POLL_SECONDS: Final = 0.05
TAIL_LINES: Final = 20


class ChildError(Exception):
    """A process did not start, or ended by itself; the text says which, and how its log ends."""


class Child:
    """One process and its log."""

    def __init__(self, name: str, *module: str, log: Path, environment: Mapping[str, str]) -> None:
        """Describe ``python -m`` with *module* and its arguments; standard output and error go to *log*."""
        self.name = name
        self.log = log
        self._command = [sys.executable, "-m", *module]
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; apart from the constructor, so that whoever is to stop it can be told first."""
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 -- our own modules, by this interpreter
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, url: str, *, seconds: float = START_SECONDS) -> None:
        """Return when *url* answers 200.

        Raises:
            ChildError: the process ended first, or *seconds* have passed.
        """
        deadline = time.monotonic() + seconds
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise ChildError(f"{self.name} does not answer at {url} after {seconds:g} s.\n{self.tail()}")
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise `ChildError` unless the process runs."""
        status = None if self._process is None else self._process.poll()
        if self._process is None or status is not None:
            raise ChildError(f"{self.name} has ended with status {status}.\n{self.tail()}")

    def tail(self) -> str:
        """Return the last lines of the log, and where it is."""
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])

    def stop(self) -> None:
        """Ask the process to end, give it time, and kill what is left of its session; nothing if it never started."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def answers(url: str) -> bool:
    """Tell whether a URL answers 200; what is no http URL answers nothing."""
    try:
        return send(get(url)).status == 200
    except (NoAnswerError, ValueError):
        return False
