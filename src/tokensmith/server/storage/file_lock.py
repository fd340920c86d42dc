"""An operating system's lock on a file beside the database: processes take turns in the order in which they came.

SQLite's own waiting is a loop of naps that get longer, so under load a process that came early can be passed by again
and again. A blocked `flock` is woken by the kernel, and it ends with its process, however that ended.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """A lock for one process at a time. Two objects in one process shut each other out as two processes do."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, and hold it inside the `with` block.

        Raises:
            OSError: the file cannot be made or locked.
        """
        descriptor = self._open()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file, which stays: removing it would let two processes lock two files of the same name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor
