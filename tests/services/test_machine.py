"""What a missing service means for the run."""

from pathlib import Path

import pytest

from tests.conftest import not_run
from tests.services import machine


def nowhere() -> Path | None:
    """Look for a program in vain."""
    return None


def test_a_program_that_is_there_is_used(tmp_path: Path) -> None:
    """Nothing is installed for it."""
    assert machine.need("X", lambda: tmp_path, packages=("x",)) == tmp_path


def test_a_missing_program_skips_with_the_command_that_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is complete: what is missing and what to type."""
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    monkeypatch.setattr(machine, "install_and_find", lambda packages, find: None)

    with pytest.raises(pytest.skip.Exception, match="X is missing; apt-get install x or y"):
        machine.need("X", nowhere, packages=("x", "y"))


def test_a_missing_program_fails_where_services_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUIRE_SERVICES=1 leaves no test out quietly."""
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    monkeypatch.setattr(machine, "install_and_find", lambda packages, find: None)

    with pytest.raises(pytest.fail.Exception, match="X is missing"):
        machine.need("X", nowhere, packages=("x",))


def test_an_ordinary_user_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages are the administrator's."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(machine, "apt", lambda *arguments: pytest.fail("apt-get was called"))

    assert machine.install_and_find(("x",), nowhere) is None


def test_a_file_that_was_there_is_left_alone(tmp_path: Path) -> None:
    """Only what we placed is ours to remove afterwards."""
    policy = tmp_path / "policy"
    policy.write_text("theirs")

    assert machine.place(policy, "ours", mode=0o755) is None
    assert policy.read_text() == "theirs"
    assert machine.place(tmp_path / "a" / "b", "ours", mode=0o644) == tmp_path / "a" / "b"


def test_the_last_line_counts_what_was_not_run() -> None:
    """One line per missing service; skips for other reasons are not its business."""

    def skipped(reason: str) -> pytest.TestReport:
        longrepr = ("file", 1, f"Skipped: {reason}")
        return pytest.TestReport("t", ("file", 1, "t"), {}, "skipped", longrepr, "setup")

    reports = [skipped("not run: X is missing"), skipped("not run: X is missing"), skipped("another reason")]

    assert not_run(reports) == ["NOT RUN: 2 tests, X is missing"]
