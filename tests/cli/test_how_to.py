"""The page about the command: what it tells people to type works as it stands, one block after another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP

PAGE = TOP / "docs" / "how-to" / "use-the-command.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of the page's shell blocks have been run, as one person would."""
    folder = tmp_path_factory.mktemp("how-to")
    script = "set -e -o pipefail\n" + "".join(blocks(PAGE.read_text(), "sh"))
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin:/bin", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (folder / "stdout").write_text(done.stdout)
    return folder


def test_every_block_runs_and_does_what_it_says(folder: Path) -> None:
    """Signed, verified, written where the page writes it."""
    assert json.loads((folder / "claims.verified.json").read_text())["sub"] == "ada"
    assert (folder / "report.verified.txt").read_text() == "any bytes at all\n"
    assert (folder / "report.decrypted.txt").read_text() == "any bytes at all\n"
    assert "d" not in json.loads((folder / "public.json").read_text())


def test_looking_is_told_from_verifying(folder: Path) -> None:
    text = (folder / "stdout").read_text()

    assert "NOT VERIFIED" in text
    assert '"verified": false' in text
    assert "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_completion_for_each_shell_named(shell: str) -> None:
    """As click writes it."""
    done = subprocess.run(
        [Path(sys.executable).parent / "tokensmith"],
        env={"_TOKENSMITH_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"{shell}_source" in PAGE.read_text()
    assert "_TOKENSMITH_COMPLETE" in done.stdout
