"""A real token server for the tests that talk to one."""

from collections.abc import Iterator

import pytest

from tests.server.web.live import Live, one_server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with one_server(tmp_path_factory.mktemp("server")) as live:
        yield live
