"""docs/frameworks: what a page tells a newcomer to write, written into an empty folder and run.

A block of Python begins with the name of its file; blocks of one file follow each other. What the page tells people to
type then has to succeed, except for installing us.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP

FILE_NAME: Final = re.compile(r"# (?P<name>[\w/]+\.py)\n")
PAGES: Final = tuple(sorted(path.name for path in (TOP / "docs" / "frameworks").glob("*.md")))


def write_files(page: str, folder: Path) -> None:
    """Put each block of Python where its first line says."""
    for text in blocks(page, "python"):
        named = FILE_NAME.match(text)
        assert named, f"a block does not say which file it is: {text!r:.80}"
        path = folder / named["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(text)


def commands(page: str) -> list[str]:
    """What people type, in its order."""
    lines = [line for text in blocks(page, "sh") for line in text.splitlines()]
    return [line for line in lines if not line.startswith("pip install ")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_as_it_stands(name: str, tmp_path: Path) -> None:
    page = (TOP / "docs" / "frameworks" / name).read_text()
    write_files(page, tmp_path)
    typed = commands(page)
    done = subprocess.run(
        ["bash", "-euc", "\n".join(typed)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert typed
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed|^OK$", done.stdout + done.stderr, re.MULTILINE), done.stdout + done.stderr
