"""docs/quickstart.md does what it says."""

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Final

from tests.e2e.conftest import finish, quiet_port
from tests.services.processes import Processes
from tokensmith.tour.exchange import post_json, send
from tokensmith.tour.options import parse

PAGE: Final = Path(__file__).parents[2] / "docs/quickstart.md"
BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The commands of the environment that runs the tests, by the names the page has for them.
PATH: Final = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def block_with(text: str) -> list[str]:
    (block,) = [block for block in BLOCK.findall(PAGE.read_text()) if text in block]
    return str(block).splitlines()


def test_a_server_of_your_own_is_made_as_the_page_says(tmp_path: Path, processes: Processes) -> None:
    """Its commands, in their order, in an empty folder; then the person made there signs in."""
    *commands, serve = block_with("tokensmith resource create")
    done = finish(["bash", "-euc", "\n".join(commands)], tmp_path, PATH=PATH)
    port = quiet_port()
    assert done.returncode == 0, done.stdout + done.stderr
    assert serve == "tokensmith serve"

    database = f"sqlite:///{tmp_path / 'tokensmith.db'}"
    options = ("--port", str(port), "--database", database)
    processes.start(sys.executable, "-m", *shlex.split(serve), *options, port=port)
    password = re.findall(r"echo '(.*)'", "\n".join(commands))[0]
    answer = send(post_json(f"http://127.0.0.1:{port}/api/login", {"username": "eve", "password": password}))

    assert answer.status == 200, answer.body
    assert answer.members["scope"] == "notes:read"


def test_the_options_it_names_exist() -> None:
    """A page that names an option that is gone sends people away."""
    assert parse(["--base", "b", "--notes", "n", "--user", "u"]).user == "u"
    assert parse(["--once"]).once
    assert "python -m tokensmith.tour.run --database postgresql://" in PAGE.read_text()
    assert parse(["--database", "postgresql://"]).database == "postgresql://"
