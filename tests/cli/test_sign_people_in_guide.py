"""What docs/how-to/sign-people-in.md tells an operator to type works, as it stands, one block after the other."""

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP


def test_the_commands_of_the_guide_run(tmp_path: Path) -> None:
    """Over a database that nobody has used yet."""
    guide = (TOP / "docs" / "how-to" / "sign-people-in.md").read_text()
    # The command as it is called here; elsewhere `pip install` has put it on the path.
    tokensmith = f'tokensmith() {{ "{sys.executable}" -m tokensmith "$@"; }}'
    script = "\n".join(["set -e", tokensmith, "tokensmith migrate", *blocks(guide, "sh")])
    environment = {
        **os.environ,
        "TOKENSMITH_DATABASE": f"sqlite:///{tmp_path / 'guide.db'}",
        "PASSWORD": "correct horse",
    }
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert "Created ada" in done.stdout
    assert any(line.startswith("tsc_") for line in done.stdout.splitlines())
    assert done.stdout.splitlines()[-1] == "web may ask for note."
