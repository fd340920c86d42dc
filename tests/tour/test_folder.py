"""Where a run keeps its things."""

import stat
from pathlib import Path

import pytest

from tokensmith.tour import folder
from tokensmith.tour.folder import SEALING_KEY, NoFolderError, take_folder


def test_the_folder_is_made_and_closed_to_others(tmp_path: Path) -> None:
    """It holds passwords and keys."""
    with take_folder(tmp_path / ".run") as taken:
        assert taken == tmp_path / ".run"
        assert stat.S_IMODE(taken.stat().st_mode) == 0o700


def test_it_is_empty_but_for_the_key_of_a_kept_database(tmp_path: Path) -> None:
    """No run depends on what an earlier one left; a PostgreSQL database outlives it and needs its key."""
    for name in ("tokensmith.db", "demo.json", SEALING_KEY):
        (tmp_path / name).write_text("old")

    with take_folder(tmp_path) as taken:
        assert {path.name for path in taken.iterdir()} == {"lock", SEALING_KEY}


def test_a_second_run_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    """And leaves the first one's files alone."""
    with take_folder(tmp_path) as first:
        (first / "demo.json").write_text("mine")
        with take_folder(tmp_path) as second, take_folder(tmp_path) as third:
            assert (second, third) == (tmp_path / "2", tmp_path / "3")

        assert (first / "demo.json").read_text() == "mine"


def test_a_new_first_run_leaves_the_second_alone(tmp_path: Path) -> None:
    """Its folder lies inside."""
    with take_folder(tmp_path):
        second = take_folder(tmp_path)
        taken = second.__enter__()
        (taken / "demo.json").write_text("mine")
    with take_folder(tmp_path) as first:
        assert first == tmp_path
        assert (taken / "demo.json").read_text() == "mine"
    second.__exit__(None, None, None)


def test_the_lock_ends_with_the_run(tmp_path: Path) -> None:
    """Also when it broke off."""
    with pytest.raises(KeyboardInterrupt), take_folder(tmp_path):
        raise KeyboardInterrupt

    with take_folder(tmp_path) as taken:
        assert taken == tmp_path


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    """Without a traceback."""
    (tmp_path / "file").write_text("")

    with pytest.raises(NoFolderError, match="cannot be used: Not a directory"), take_folder(tmp_path / "file" / ".run"):
        pass


def test_runs_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody starts them in a loop."""
    monkeypatch.setattr(folder, "_MOST_RUNS", 1)

    with take_folder(tmp_path), pytest.raises(NoFolderError, match="1 runs are up"), take_folder(tmp_path):
        pass
