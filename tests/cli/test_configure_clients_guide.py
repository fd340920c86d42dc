"""What docs/how-to/configure-clients.md shows works as it stands: its file, then one command after the other."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.architecture.test_readme import blocks
from tests.architecture.tree import TOP
from tokensmith.server.domain.client_tables import ClientTable
from tokensmith.server.domain.clients import GrantType

GUIDE = (TOP / "docs" / "how-to" / "configure-clients.md").read_text()


def test_the_file_and_the_commands_of_the_guide_work(tmp_path: Path) -> None:
    """Over a database that nobody has used yet."""
    (toml,) = blocks(GUIDE, "toml")
    (tmp_path / "clients.toml").write_text(toml)
    # The command as it is called here; elsewhere `pip install` has put it on the path.
    tokensmith = f'tokensmith() {{ "{sys.executable}" -m tokensmith "$@"; }}'
    script = "\n".join(["set -e", tokensmith, "tokensmith migrate", *blocks(GUIDE, "sh")])
    environment = {**os.environ, "TOKENSMITH_DATABASE": f"sqlite:///{tmp_path / 'guide.db'}"}
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert "+ [clients.phone]" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("tsc_")
    assert {one.name for one in (tmp_path / "secrets").iterdir()} == {"notes-service", "web"}
    assert done.stderr.splitlines()[-1] == "Nothing differs."


@pytest.mark.parametrize(
    "name", [field.name for field in msgspec.structs.fields(ClientTable) if field.name != "response_types"]
)
def test_every_member_is_explained(name: str) -> None:
    """`response_types` follows from `grant_types`."""
    assert f"`{name}" in GUIDE.partition("| Member |")[2]


@pytest.mark.parametrize("grant", list(GrantType))
def test_every_grant_type_is_named(grant: GrantType) -> None:
    assert grant in GUIDE
