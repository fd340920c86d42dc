"""npm's `openid-client` and `oauth4webapi`, and `axe-core`, which finds what keeps people out of a page.

Pinned by hash and installed as npm's `jose` is; see tests/interop/clients/clients.mjs for what can be asked.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.services import machine
from tests.services.npm_jose import NpmJose, find_node, find_npm, install, is_installed

FOLDER: Final = Path(__file__).resolve().parents[1] / "interop" / "clients"


@pytest.fixture(scope="session")
def npm_clients() -> Iterator[NpmJose]:
    """Start Node.js with the clients for the whole run."""
    node = machine.need("Node.js", find_node, packages=("nodejs",))
    _need_packages()
    with tempfile.TemporaryFile() as log:
        running = NpmJose(node, log=log, script=FOLDER / "clients.mjs")
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that looks at a page."""
    _need_packages()
    return (FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def _need_packages() -> None:
    npm = machine.need("npm", find_npm, packages=("npm",))
    if not (is_installed(FOLDER) or install(npm, FOLDER)):
        machine.refuse("npm's clients are missing; npm ci --prefix tests/interop/clients")
