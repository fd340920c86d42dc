"""npm's `jose`, the widest used library of this kind: one Node.js process that does what a test asks of it.

The package is pinned by hash and fetched from whatever registry npm is set up to use, once per checkout. Nothing of it
is run while it is installed.
"""

import contextlib
import fcntl
import json
import select
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import pytest

from tests.services import machine

FOLDER: Final = Path(__file__).resolve().parents[1] / "interop" / "node"
INSTALL: Final = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


class RefusedByJoseError(Exception):
    """The other library refused a token or a key; the text is its code."""


class NpmJose:
    """A running program that answers one question at a time; see tests/interop/node/answers.mjs."""

    def __init__(self, node: Path, *, log: IO[bytes], script: Path = FOLDER / "answers.mjs") -> None:
        self._log = log
        self._process = subprocess.Popen(
            [str(node), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )

    def ask(self, operation: str, *, seconds: float = 60, **request: Any) -> Any:
        """Have one thing done.

        Raises:
            RefusedByJoseError: The other library refused it.
            RuntimeError: The program is not there any more, takes too long, or does not understand.
        """
        answer = json.loads(self._exchange(json.dumps({"do": operation, **request}), seconds=seconds) or b"{}")
        if "refused" in answer:
            raise RefusedByJoseError(answer["refused"])
        if "done" not in answer:
            raise RuntimeError(f"Node.js gave no answer: {answer.get('failed')}\n{self._written()}")
        return answer["done"]

    def stop(self) -> None:
        """End the program."""
        self._process.kill()
        with contextlib.suppress(BrokenPipeError), self._process:
            pass

    def _exchange(self, question: str, *, seconds: float) -> bytes:
        """Send one line and read one; none where the program has ended or says nothing in time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(question.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return b""
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        return self._process.stdout.readline() if ready else b""

    def _written(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")


def find_node() -> Path | None:
    """Find Node.js, under the name Debian or others give it."""
    return machine.on_path("node", "nodejs")


def find_npm() -> Path | None:
    """Find npm."""
    return machine.on_path("npm")


def is_installed(folder: Path) -> bool:
    """Tell whether the packages that lie there are the pinned ones; npm writes down what it has installed."""
    written = folder / "node_modules" / ".package-lock.json"
    if not written.exists():
        return False
    installed, pinned = (
        {name: package.get("integrity") for name, package in json.loads(path.read_text())["packages"].items() if name}
        for path in (written, folder / "package-lock.json")
    )
    return installed == pinned


def install(npm: Path, folder: Path) -> bool:
    """Install the pinned packages, one process at a time; tell whether they are there."""
    cache = machine.TOP / ".tools" / "npm"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(folder):
            return True
        try:
            command = [str(npm), *INSTALL, "--cache", str(cache)]
            subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return is_installed(folder)


@pytest.fixture(scope="session")
def npm_jose() -> Iterator[NpmJose]:
    """Start Node.js with npm's `jose` for the whole run."""
    node = machine.need("Node.js", find_node, packages=("nodejs",))
    if not is_installed(FOLDER):
        npm = machine.need("npm", find_npm, packages=("npm",))
        if not install(npm, FOLDER):
            machine.refuse(f"npm's jose is missing; npm --prefix {FOLDER.relative_to(machine.TOP)} {' '.join(INSTALL)}")
    with tempfile.TemporaryFile() as log:
        running = NpmJose(node, log=log)
        try:
            yield running
        finally:
            running.stop()
