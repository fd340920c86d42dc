"""The clients answer, and say what went wrong."""

import pytest

from tests.services.npm_jose import NpmJose


def test_a_failure_is_told(npm_clients: NpmJose) -> None:
    with pytest.raises(RuntimeError, match="TypeError"):
        npm_clients.ask("begin", **{"with": "openid-client", "issuer": "no url"})


def test_axe_is_there(axe: str) -> None:
    assert "axe" in axe
