"""SoftHSM of Debian: a PKCS#11 token in software, its store in a folder of the test's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest

from tests.services import machine

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
LABEL, PIN = "tokens", "871 open"
_SO_PIN = "not used again"


@dataclass(frozen=True)
class SoftHsm:
    """A token that is there until it is taken away."""

    module: str
    folder: Path
    label: str = LABEL
    pin: str = PIN

    @property
    def environment(self) -> dict[str, str]:
        """How the module finds the store."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    @property
    def settings(self) -> dict[str, str]:
        """What a server is told of it."""
        token = {"pkcs11_module": self.module, "pkcs11_token": self.label, "pkcs11_pin": self.pin}
        return {"signing_provider": "pkcs11", **token}

    def initialise(self, program: Path) -> None:
        """Make the token."""
        (self.folder / "tokens").mkdir()
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder / 'tokens'}\nlog.level = ERROR\n"
        )
        words = ["--init-token", "--free", "--label", self.label, "--pin", self.pin, "--so-pin", _SO_PIN]
        environment = {**os.environ, **self.environment}
        subprocess.run([program, *words], env=environment, check=True, capture_output=True)

    def take_away(self) -> None:
        """As when the cable is pulled."""
        shutil.move(self.folder / "tokens", self.folder / "tokens taken away")

    def bring_back(self) -> None:
        """As it was."""
        # The module makes an empty store where it finds none.
        shutil.rmtree(self.folder / "tokens", ignore_errors=True)
        shutil.move(self.folder / "tokens taken away", self.folder / "tokens")

    def close_module(self) -> None:
        """What another part of this process may do: every session is lost, and the module with them."""
        pkcs11.lib(self.module).finalize()


def find_program() -> Path | None:
    """Find the tool that makes tokens; the module comes with it."""
    return machine.on_path("softhsm2-util") if find_module() else None


def find_module() -> str | None:
    """Find the PKCS#11 library."""
    return next((path for path in MODULES if Path(path).exists()), None)


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    """Give the test a token; this process, and those it starts, find it."""
    program = machine.need("SoftHSM", find_program, packages=("softhsm2",))
    folder = tmp_path / "softhsm"
    folder.mkdir()
    token = SoftHsm(find_module() or "", folder)
    token.initialise(program)
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)
    yield token
    # The module reads where its store is when it is opened: the next test has another one.
    token.close_module()
