"""Where a run keeps its database, logs and passwords: `.run/` in the working folder, closed to other users.

It is emptied at every start, so that no run depends on what an earlier one left. While a run is up it holds a lock; a
second run beside it takes `.run/2`, and so on.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

RUN_FOLDER: Final = Path(".run")
LOCK: Final = "lock"
# Kept: with PostgreSQL the database outlives the run, and without this key it cannot be opened again.
SEALING_KEY: Final = "sealing-key"
_KEPT: Final = frozenset({LOCK, SEALING_KEY})
# More runs than this in one folder are a mistake.
_MOST_RUNS: Final = 20


class NoFolderError(Exception):
    """No folder could be taken; the text says why."""


@contextmanager
def take_folder(top: Path = RUN_FOLDER) -> Iterator[Path]:
    """Give an empty folder that no other run uses while the context lasts.

    Raises:
        NoFolderError: it cannot be made, or twenty runs are up already.
    """
    for number in range(1, _MOST_RUNS + 1):
        folder = top if number == 1 else top / str(number)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NoFolderError(f"{folder} cannot be used: {error.strerror}") from error
        try:
            if _lock(lock):
                _empty(folder)
                yield folder
                return
        finally:
            os.close(lock)
    raise NoFolderError(f"{_MOST_RUNS} runs are up in {top} already")


def _lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _empty(folder: Path) -> None:
    # Folders inside belong to other runs.
    for path in folder.iterdir():
        if path.name not in _KEPT and not path.is_dir():
            path.unlink()
