"""A broken property is found, kept, and seen again; without that, a quiet run would mean nothing."""

import importlib.util
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import TOP
from tests.fuzz import command

# The fault shows for a kid of one character: one byte of the seed has to go.
PLANTED = """
import sys
from pathlib import Path
from tests.fuzz import one, target
from tokensmith.jose import JoseError
from tokensmith.jose.header import parse_header

def attempt(data):
    try:
        header = parse_header(data)
    except JoseError:
        return
    if header.kid is not None and len(header.kid) == 1:
        raise LookupError("planted")

planted = target.Target(attempt=attempt, seeds=lambda: iter([b'{"alg":"HS256","kid":"ab"}']))
folder, *found = map(Path, sys.argv[1:])
one.run(planted, options=map(str, found) if found else one.prepare(folder, planted, seconds=60))
"""


def search(*arguments: Path) -> subprocess.CompletedProcess[str]:
    started = [sys.executable, "-c", PLANTED, *map(str, arguments)]
    return subprocess.run(
        started, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180, check=False
    )


def test_a_planted_fault_is_found_and_seen_again(tmp_path: Path) -> None:
    """With the branches of our own code counted: a search that sees none of them is blind."""
    if importlib.util.find_spec("atheris") is None:
        status = command.load().say_missing(os.environ, version=sys.version_info[:2], machine=platform.machine())
        (pytest.fail if status else pytest.skip)("atheris is missing")
    done = search(tmp_path)

    assert "LookupError: planted" in done.stdout
    assert done.returncode != 0
    assert max(map(int, re.findall(r"\bcov: (\d+)", done.stdout))) > 20
    (found,) = tmp_path.glob("crash-*")
    again = search(tmp_path, found)
    assert "LookupError: planted" in again.stdout
    assert again.returncode != 0
