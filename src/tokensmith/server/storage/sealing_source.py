"""Where the sealing keys come from: a setting, or a file beside the database (decision 9).

The file is made once, at the first start of a new SQLite database, and never again: a new key over old data would turn
every private key in it to noise, and hide that a backup of the right one may still exist. To change the key, a new one
is first put before the old one, which goes when nothing is sealed with it any more (`storage/reseal.py`).
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.sealing import Sealing

_HEAD: Final = """\
# The sealing key of the database beside this file. Private keys are unreadable without it.
# Back it up apart from the database: whoever has both has everything.
"""
_FORMER_HEAD: Final = """\
# A former sealing key of the database beside this file: only copies of the database from before the change need it.
# Delete this file where they do not exist, or must not be read by whoever may have the key.
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

    def successor(self, current_key_id: str) -> Sealing:
        """Return all keys, in front the one to change to; there is none to change to where that is the current one.

        Called again after a change that was broken off, it returns the same.

        Raises:
            SealError: a new key cannot be stored.
        """

    def drop_former(self, current_key_id: str) -> tuple[Path, ...]:
        """Keep the current key alone; returns the files in which the others were put aside.

        Raises:
            SealError: the keys cannot be stored.
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
        raise _none_given()

    def successor(self, current_key_id: str) -> Sealing:  # noqa: ARG002 - whatever is current, the operator has decided
        """Return what was given: the operator puts the key to change to in front."""
        if self._sealing is None:
            raise _none_given()
        return self._sealing

    def drop_former(self, current_key_id: str) -> tuple[Path, ...]:  # noqa: ARG002 - nothing here can be changed
        """Leave it to the operator."""
        return ()


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
        with _written(draft, _HEAD + sealing.secret_text()):
            # A link, not a rename: it fails where a file of that name is there, and nothing is ever overwritten.
            os.link(draft, self._path)
        return sealing

    def successor(self, current_key_id: str) -> Sealing:
        """Return the keys of the file; where it holds the current one alone, a new one is put before it."""
        sealing = self._present()
        if sealing.key_ids != (current_key_id,):
            return sealing
        sealing = Sealing.generate().before(sealing)
        self._replace(self._path, _HEAD + sealing.secret_text())
        return sealing

    def drop_former(self, current_key_id: str) -> tuple[Path, ...]:
        """Write the other keys into files of their own, then the file without them."""
        sealing = self._present()
        former = {key_id: self.path_of_former(key_id) for key_id in sealing.key_ids if key_id != current_key_id}
        for key_id, path in former.items():
            self._replace(path, _FORMER_HEAD + sealing.alone(key_id).secret_text())
        if former:
            self._replace(self._path, _HEAD + sealing.alone(current_key_id).secret_text())
        return tuple(former.values())

    def path_of_former(self, key_id: str) -> Path:
        """Return the file in which a key is put aside."""
        return self._path.with_name(f"{self._path.name}.former-{key_id}")

    def _present(self) -> Sealing:
        sealing = self.load()
        if sealing is None:
            raise SealError("The sealing key's file is gone.", code="sealing_key_unreadable", detail=str(self._path))
        return sealing

    def _replace(self, path: Path, text: str) -> None:
        draft = path.with_name(f"{path.name}.draft")
        with _written(draft, text):
            # An operator may be root: the server has to be able to read its file afterwards.
            present = self._path.stat()
            os.chown(draft, present.st_uid, present.st_gid)
            draft.replace(path)


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


@contextmanager
def _written(draft: Path, text: str) -> Iterator[None]:
    """Write a private file, to be given its name in the `with` block; on disk afterwards, or gone."""
    try:
        draft.unlink(missing_ok=True)  # somebody may have died here
        _write_private(draft, text)
        yield
        _sync_folder(draft.parent)
    except OSError as error:
        raise SealError(
            "The sealing key cannot be stored.", code="sealing_key_unwritable", detail=str(error)
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _none_given() -> SealError:
    return SealError("This database needs a sealing key from the settings.", code="sealing_key_required")


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
