"""Where the sealing keys come from: a setting, or a file beside the database (decision 9).

The file is made once, at the first start of a new SQLite database, and never again: a new key over old data would turn
every private key in it to noise, and hide that a backup of the right one may still exist.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Final, Protocol

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.sealing import Sealing

_HEAD: Final = """\
# The sealing key of the database beside this file. Private keys are unreadable without it.
# Back it up apart from the database: whoever has both has everything.
"""


class SealingSource(Protocol):
    """Gives the keys to whoever opens the database."""

    def load(self) -> Sealing | None:
        """Return the keys; None where there are none.

        Raises:
            SealError: they cannot be read.
        """

    def create(self) -> Sealing:
        """Make the first key of a new database.

        Raises:
            SealError: keys are not made here; the operator brings them.
        """


class GivenSealing:
    """Keys from a setting; satisfies `SealingSource`."""

    def __init__(self, sealing: Sealing | None) -> None:
        self._sealing = sealing

    def load(self) -> Sealing | None:
        """Return what was given."""
        return self._sealing

    def create(self) -> Sealing:
        """Refuse: several machines share this database, and a key made on one of them is missing on the others."""
        raise SealError("This database needs a sealing key from the settings.", code="sealing_key_required")


class SealingFile:
    """Keys in a file that only its owner reads; satisfies `SealingSource`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Sealing | None:
        """Read the file, if it is there."""
        try:
            return read_sealing_file(self._path)
        except FileNotFoundError:
            return None

    def create(self) -> Sealing:
        """Write a new key, whole or not at all, on disk before this returns."""
        sealing = Sealing.generate()
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        try:
            _write_private(draft, _HEAD + sealing.secret_text())
            # A link, not a rename: it fails where a file of that name is there, and nothing is ever overwritten.
            os.link(draft, self._path)
        except OSError as error:
            raise SealError(
                "The sealing key cannot be stored.", code="sealing_key_unwritable", detail=str(error)
            ) from error
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(self._path.parent)
        return sealing


def read_sealing_file(path: Path) -> Sealing:
    """Read keys from a file.

    Raises:
        FileNotFoundError: it is not there.
        SealError: everybody may read it, or others may change it (`sealing_key_exposed`); it cannot be read or holds
            no key (`sealing_key_malformed`).
    """
    try:
        with path.open("rb") as file:
            # A group may read it: that is how orchestrators hand secrets to a process that is not root.
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXO | stat.S_IWGRP):
                raise SealError(
                    "The sealing key's file is open to others.", code="sealing_key_exposed", detail=str(path)
                )
            text = file.read().decode("ascii", "replace")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SealError(
            "The sealing key's file cannot be read.", code="sealing_key_unreadable", detail=str(error)
        ) from error
    return Sealing.parse(text)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
