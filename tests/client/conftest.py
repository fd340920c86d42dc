"""A real token server for the tests that talk to one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.web.live import Live
from tests.services.processes import Processes


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder: Path = tmp_path_factory.mktemp("server")
    with Processes() as processes:
        live = Live(folder, f"sqlite:///{folder / 'tokensmith.db'}", processes)
        live.start()
        yield live
