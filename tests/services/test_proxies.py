"""The guide has a configuration for each proxy that is started."""

import pytest

from tests.architecture.test_readme import blocks
from tests.services.proxies import GUIDE, KINDS


@pytest.mark.parametrize("name", KINDS)
def test_each_proxy_has_one_block(name: str) -> None:
    """With the address, the port and the files that a test puts others in place of."""
    (block,) = blocks(GUIDE, name)

    assert KINDS[name]().listens[0] in block
    assert "127.0.0.1:8000" in block
    assert "/etc/ssl/id.example.pem" in block


def test_each_block_has_a_proxy() -> None:
    languages = {line.removeprefix("```") for line in GUIDE.splitlines() if line.startswith("```")}

    assert languages - {""} == {*KINDS, "toml"}
