"""Where the sealing keys come from: made once, private, whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile, read_sealing_file


def test_a_made_key_is_found_again(tmp_path: Path) -> None:
    """Only its owner may read the file, and nothing else is left in the folder."""
    path = tmp_path / "db.sealing-key"
    made = SealingFile(path).create()
    found = SealingFile(path).load()

    assert found is not None
    assert found.key_ids == made.key_ids
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_umask_that_gives_more_changes_nothing(tmp_path: Path) -> None:
    """The mode is ours, not the shell's."""
    before = os.umask(0)
    try:
        SealingFile(tmp_path / "key").create()
    finally:
        os.umask(before)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_there_may_be_none(tmp_path: Path) -> None:
    """Whether that is an error depends on the database."""
    assert SealingFile(tmp_path / "none").load() is None
    assert GivenSealing(None).load() is None


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """A new key over old data would turn every private key in it to noise."""
    path = tmp_path / "key"
    SealingFile(path).create()
    before = path.read_text()

    with pytest.raises(SealError) as refused:
        SealingFile(path).create()

    assert refused.value.code == "sealing_key_unwritable"
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_of_many_who_make_one_at_once_one_does(tmp_path: Path) -> None:
    """The file appears whole: nobody reads half a key."""
    made: list[Sealing] = []
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        try:
            made.append(SealingFile(tmp_path / "key").create())
        except SealError:
            found = SealingFile(tmp_path / "key").load()
            assert found is not None

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert read_sealing_file(tmp_path / "key").key_ids == made[0].key_ids


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Not an OSError out of the middle of a start."""
    with pytest.raises(SealError) as refused:
        SealingFile(tmp_path / "none" / "key").create()

    assert refused.value.code == "sealing_key_unwritable"


@pytest.mark.parametrize(
    ("mode", "accepted"), [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o620, False)]
)
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int, accepted: bool) -> None:
    """A group may read it (orchestrators hand secrets over that way); nobody else, and nobody may change it."""
    path = tmp_path / "key"
    path.write_text(Sealing.generate().secret_text())
    path.chmod(mode)
    if accepted:
        assert read_sealing_file(path).key_ids
        return
    with pytest.raises(SealError) as refused:
        read_sealing_file(path)

    assert refused.value.code == "sealing_key_exposed"


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Here it is a folder."""
    with pytest.raises(SealError) as refused:
        SealingFile(tmp_path).load()

    assert refused.value.code in {"sealing_key_unreadable", "sealing_key_exposed"}


def test_an_unreadable_file_has_its_own_code(tmp_path: Path) -> None:
    """As when a path goes through a file."""
    (tmp_path / "file").touch()

    with pytest.raises(SealError) as refused:
        read_sealing_file(tmp_path / "file" / "key")

    assert refused.value.code == "sealing_key_unreadable"


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    """Also one with bytes that are no text."""
    path = tmp_path / "key"
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)

    with pytest.raises(SealError) as refused:
        read_sealing_file(path)

    assert refused.value.code == "sealing_key_malformed"


def test_given_keys_are_given_and_none_are_made() -> None:
    """Several machines share a PostgreSQL database: a key made on one of them would be missing on the others."""
    sealing = Sealing.generate()

    assert GivenSealing(sealing).load() is sealing
    with pytest.raises(SealError) as refused:
        GivenSealing(None).create()
    assert refused.value.code == "sealing_key_required"


def test_a_new_key_is_put_before_the_present_one(tmp_path: Path) -> None:
    """In one step, as private as before; asked again, the same one is there."""
    path = tmp_path / "key"
    old = SealingFile(path).create()
    both = SealingFile(path).successor(old.current_key_id)

    assert both.key_ids[1:] == old.key_ids
    assert both.current_key_id != old.current_key_id
    assert SealingFile(path).successor(old.current_key_id).key_ids == both.key_ids
    assert read_sealing_file(path).key_ids == both.key_ids
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_keys_that_are_dropped_are_put_aside_each_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Old copies of the database need them, and only the operator knows whether there are any."""
    path = tmp_path / "key"
    old = SealingFile(path).create()
    new = SealingFile(path).successor(old.current_key_id).current_key_id
    aside = tmp_path / f"key.former-{old.current_key_id}"

    assert SealingFile(path).drop_former(new) == (aside,)
    assert read_sealing_file(path).key_ids == (new,)
    assert read_sealing_file(aside).secret_text() == old.secret_text()
    assert aside.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    assert SealingFile(path).drop_former(new) == ()
    assert sorted(tmp_path.iterdir()) == [path, aside]


def test_dropping_that_was_broken_off_can_be_repeated(tmp_path: Path) -> None:
    """The old key was put aside already, and the file still holds both; half a draft lies about."""
    path = tmp_path / "key"
    old = SealingFile(path).create()
    both = SealingFile(path).successor(old.current_key_id)
    SealingFile(path).drop_former(both.current_key_id)
    path.write_text(both.secret_text())
    (tmp_path / "key.draft").write_text("tsk_")
    SealingFile(path).drop_former(both.current_key_id)

    assert read_sealing_file(path).key_ids == (both.current_key_id,)
    assert not (tmp_path / "key.draft").exists()


def test_a_replaced_file_stays_its_owners(tmp_path: Path) -> None:
    """An operator who is root must not lock the server out of its key."""
    path = tmp_path / "key"
    old = SealingFile(path).create()
    if os.geteuid() == 0:
        os.chown(path, 12345, 12346)
    before = path.stat()
    new = SealingFile(path).successor(old.current_key_id).current_key_id
    (aside,) = SealingFile(path).drop_former(new)

    for file in (path, aside):
        assert (file.stat().st_uid, file.stat().st_gid) == (before.st_uid, before.st_gid)


def test_a_key_that_cannot_be_stored_changes_nothing(tmp_path: Path) -> None:
    """Here a folder is in the way of the draft's name."""
    path = tmp_path / "key"
    old = SealingFile(path).create()
    before = path.read_text()
    (tmp_path / "key.draft").mkdir()
    with pytest.raises(SealError) as refused:
        SealingFile(path).successor(old.current_key_id)

    assert refused.value.code == "sealing_key_unwritable"
    assert path.read_text() == before


def test_a_file_that_is_gone_has_no_successor(tmp_path: Path) -> None:
    """Nothing is made in its place: the old key is needed for the change."""
    for act in (SealingFile(tmp_path / "key").successor, SealingFile(tmp_path / "key").drop_former):
        with pytest.raises(SealError) as refused:
            act("key")
        assert refused.value.code == "sealing_key_unreadable"

    assert list(tmp_path.iterdir()) == []


def test_given_keys_are_changed_by_whoever_gives_them() -> None:
    """The first one is the one to change to; none is dropped here."""
    sealing = Sealing.generate().before(Sealing.generate())

    assert GivenSealing(sealing).successor(sealing.key_ids[1]) is sealing
    assert GivenSealing(sealing).drop_former(sealing.current_key_id) == ()
    with pytest.raises(SealError) as refused:
        GivenSealing(None).successor("key")
    assert refused.value.code == "sealing_key_required"
