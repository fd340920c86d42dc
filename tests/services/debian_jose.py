"""The command `jose` of Debian, a library in C: one process per question, files in, standard output out."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.services import machine


class DebianJose:
    """The command, with a folder for what it reads."""

    def __init__(self, program: Path, *, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def run(self, *arguments: str, **files: Any) -> bytes | None:
        """Run the command; its output, or None where it refused.

        Args:
            arguments: Its words; "{name}" stands for the path of the file of that name.
            files: What the files hold: bytes, text, or an object as JSON.
        """
        for name, content in files.items():
            octets = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else None
            (self._folder / name).write_bytes(json.dumps(content).encode() if octets is None else octets)
        paths = {name: str(self._folder / name) for name in files}
        words = [argument.format_map(paths) for argument in arguments]
        done = subprocess.run([str(self._program), *words], capture_output=True, timeout=60, check=False)
        return done.stdout if done.returncode == 0 else None


def find_program() -> Path | None:
    """Find the command."""
    return machine.on_path("jose")


@pytest.fixture
def debian_jose(tmp_path: Path) -> DebianJose:
    """Give the test Debian's `jose` command."""
    return DebianJose(machine.need("The command jose", find_program, packages=("jose",)), folder=tmp_path)
