"""Node.js and npm's jose, as a test is given them."""

import json
import tempfile
from pathlib import Path

import pytest

from tests.services import machine
from tests.services.npm_jose import NpmJose, RefusedByJoseError, find_node, install, is_installed


def lock(integrity: str) -> str:
    return json.dumps({"packages": {"": {"name": "x"}, "node_modules/jose": {"integrity": integrity}}})


@pytest.mark.parametrize(("written", "expected"), [("sha512-a", True), ("sha512-b", False), (None, False)])
def test_only_the_pinned_packages_count_as_installed(tmp_path: Path, written: str | None, expected: bool) -> None:
    """After a change of the lock file the old ones are not tested against."""
    (tmp_path / "package-lock.json").write_text(lock("sha512-a"))
    (tmp_path / "node_modules").mkdir()
    if written is not None:
        (tmp_path / "node_modules" / ".package-lock.json").write_text(lock(written))

    assert is_installed(tmp_path) is expected


@pytest.mark.parametrize("npm", ["/bin/false", "/nowhere/npm"])
def test_what_cannot_be_installed_is_not_there(tmp_path: Path, npm: str) -> None:
    """No network, no registry, no npm: the tests that need it say so and are skipped."""
    (tmp_path / "package-lock.json").write_text(lock("sha512-a"))

    assert not install(Path(npm), tmp_path)


def test_a_refusal_is_not_a_mistake(npm_jose: NpmJose) -> None:
    """A test that asks for what does not exist must not pass as one in which a token was refused."""
    with pytest.raises(RefusedByJoseError, match="ERR_JWS_INVALID"):
        npm_jose.ask("verify", form="compact", token="x", key={"form": "jwk", "text": '{"kty":"oct","k":"AA"}'})
    with pytest.raises(RuntimeError, match="not a function"):
        npm_jose.ask("sing")


def test_a_program_that_has_ended_does_not_answer() -> None:
    """It does not wait for ever, either."""
    node = machine.need("Node.js", find_node, packages=("nodejs",))
    with tempfile.TemporaryFile() as log:
        ended = NpmJose(node, log=log)
        ended._process.kill()
        ended._process.wait()

        for _ in range(2):
            with pytest.raises(RuntimeError, match="no answer"):
                ended.ask("thumbprint", jwk={})
        ended.stop()
