"""Where workers count together. (That they start, stop and are replaced, tests/cli/test_serve.py sees.)"""

import os
from pathlib import Path

import pytest

from tokensmith.server.ops.metrics import DIRECTORY_VARIABLE
from tokensmith.server.ops.processes import _shared_metrics


def test_workers_get_a_directory_that_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named before they start, since they read the variable once."""
    monkeypatch.delenv(DIRECTORY_VARIABLE, raising=False)
    with _shared_metrics():
        directory = Path(os.environ[DIRECTORY_VARIABLE])
        assert directory.is_dir()

    assert DIRECTORY_VARIABLE not in os.environ
    assert not directory.exists()


def test_a_directory_that_was_named_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever named it looks after it."""
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    with _shared_metrics():
        assert os.environ[DIRECTORY_VARIABLE] == str(tmp_path)

    assert os.environ[DIRECTORY_VARIABLE] == str(tmp_path)
    assert tmp_path.is_dir()
