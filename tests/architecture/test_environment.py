"""The set-up is quick when nothing changed, and a mirror told to pip reaches uv."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.tree import TOP


@pytest.fixture
def environment(tmp_path: Path) -> ModuleType:
    """Load the tool with its paths moved into an empty project."""
    spec = importlib.util.spec_from_file_location("environment", TOP / "tools" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev", "oldest", "uv"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    vars(module).update(TOP=tmp_path, VENV=tmp_path / ".venv")
    return module


def finish(environment: ModuleType, name: str) -> None:
    """Pretend that an environment was set up."""
    environment.python_of(name).parent.mkdir(parents=True, exist_ok=True)
    environment.python_of(name).touch()
    environment.stamp_of(name).write_text(environment.fingerprint(name))


def test_nothing_is_ready_before_it_was_set_up(environment: ModuleType) -> None:
    """No stamp, no environment."""
    assert not environment.is_ready("run")
    assert not environment.is_ready("dev")


def test_what_tests_need_is_enough_to_run(environment: ModuleType) -> None:
    """`make run` after `make test` sets nothing up; the other way round it does."""
    finish(environment, "dev")

    assert environment.is_ready("run")
    assert environment.is_ready("dev")


def test_the_oldest_versions_have_a_place_of_their_own(environment: ModuleType) -> None:
    """Or every other command would set them up anew."""
    finish(environment, "dev")
    assert not environment.is_ready("oldest")
    finish(environment, "oldest")

    assert environment.is_ready("oldest")
    assert environment.is_ready("dev")
    assert environment.venv_of("oldest").name == ".venv-oldest"


def test_what_runs_is_not_enough_for_tests(environment: ModuleType) -> None:
    """The smaller set lacks the test tools."""
    finish(environment, "run")

    assert environment.is_ready("run")
    assert not environment.is_ready("dev")


@pytest.mark.parametrize("changed", ["requirements/dev.txt", "pyproject.toml"])
def test_a_changed_pin_or_package_is_set_up_again(environment: ModuleType, changed: str) -> None:
    """The stamp is the digest of what decides."""
    finish(environment, "dev")
    (environment.TOP / changed).write_text("changed")

    assert not environment.is_ready("dev")


def test_an_environment_without_its_python_is_set_up_again(environment: ModuleType) -> None:
    """Half a folder is no environment."""
    finish(environment, "dev")
    environment.python_of("dev").unlink()

    assert not environment.is_ready("dev")


def test_a_mirror_told_to_pip_reaches_uv(environment: ModuleType) -> None:
    """The same settings, under the names uv reads."""
    translated = environment.uv_environment({"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_CERT": "/ca.pem"})

    assert translated["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert translated["SSL_CERT_FILE"] == "/ca.pem"
    assert translated["UV_PYTHON_DOWNLOADS"] == "never"


def test_what_is_said_to_uv_itself_wins(environment: ModuleType) -> None:
    """Whoever knows uv's names means them."""
    told = {"PIP_INDEX_URL": "https://a.example", "UV_DEFAULT_INDEX": "https://b.example", "UV_SYSTEM_CERTS": "0"}

    assert environment.uv_environment(told) | told == environment.uv_environment(told)


def test_the_running_interpreter_is_recognised_by_version_and_place(environment: ModuleType, tmp_path: Path) -> None:
    """An environment copied from elsewhere still points there."""
    assert not environment.is_ours(tmp_path / "absent", tmp_path)
    assert not environment.is_ours(Path(sys.executable), tmp_path)
    assert environment.is_ours(Path(sys.executable), Path(sys.prefix))
