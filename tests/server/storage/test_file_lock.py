"""One holder at a time, whichever process it is in."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.services.processes import Processes
from tokensmith.server.storage.file_lock import FileLock

HOLDER = """
import sys, time
from pathlib import Path
from tokensmith.server.storage.file_lock import FileLock
with FileLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(600)
"""
TRYING = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"


def is_free(path: Path) -> bool:
    """Ask another process to take it."""
    return subprocess.run([sys.executable, "-c", TRYING, path], capture_output=True, check=False).returncode == 0


def test_it_is_held_inside_the_block_only(tmp_path: Path) -> None:
    """And can be held again."""
    path = tmp_path / "db.lock"
    lock = FileLock(path)
    for _ in range(2):
        with lock.held():
            assert not is_free(path)
        assert is_free(path)
    lock.close()
    lock.close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_an_exception_lets_go_of_it(tmp_path: Path) -> None:
    """Otherwise one failed group would be the last."""
    lock = FileLock(tmp_path / "db.lock")
    with pytest.raises(LookupError), lock.held():
        raise LookupError

    assert is_free(tmp_path / "db.lock")


def test_two_objects_in_one_process_shut_each_other_out(tmp_path: Path) -> None:
    """Two stores on one file in one process are two writers."""
    one, two = FileLock(tmp_path / "db.lock"), FileLock(tmp_path / "db.lock")
    order: list[str] = []

    def second() -> None:
        with two.held():
            order.append("second")

    with one.held():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_it_ends_with_its_process_however_that_ended(tmp_path: Path, processes: Processes) -> None:
    """Kill -9 leaves no stale lock."""
    path = tmp_path / "db.lock"
    holder = processes.start(sys.executable, "-c", HOLDER, path)
    while "held" not in holder.output():
        assert holder.poll() is None
    assert not is_free(path)

    holder.kill()
    holder.wait()
    with FileLock(path).held():
        assert not is_free(path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The caller says what that means."""
    with pytest.raises(OSError, match="No such file"), FileLock(tmp_path / "none" / "db.lock").held():
        pass
