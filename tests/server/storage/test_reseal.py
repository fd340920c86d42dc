"""The sealing key is changed: nothing is lost wherever that is broken off, and the old key opens nothing after it."""

import pytest
from sqlalchemy import LargeBinary, update

from tests.server.storage.resealing import Sealed
from tests.server.storage.test_signing_keys import VERIFYING
from tokensmith.server.domain.errors import SealError
from tokensmith.server.flows.rotate_keys import RotateKeys
from tokensmith.server.storage.reseal import SEALED_COLUMNS
from tokensmith.server.storage.schema import metadata, signing_keys
from tokensmith.server.storage.sealing import Sealing, key_id_of
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile

pytestmark = pytest.mark.anyio


def test_every_sealed_column_is_moved() -> None:
    """Whoever adds one finds out here; what is sealed is called so, and is bytes."""
    columns = {(table.name, column.name) for table in metadata.sorted_tables for column in table.c}
    named = {(table, column) for table, column in columns if column.startswith("sealed")}

    assert {(each.table, each.column) for each in SEALED_COLUMNS} == named - {("sealing_checks", "sealed")}
    assert all(isinstance(metadata.tables[table].c[column].type, LargeBinary) for table, column in named)


async def test_afterwards_the_old_key_opens_nothing(sealed: Sealed) -> None:
    """Every sealed value there is, the check value and the old rotation key included."""
    before = await sealed.values()
    done = await sealed.reseal()
    after = await sealed.values()

    assert done.dropped == sealed.old.key_ids
    assert done.values == 2
    assert {table for table, _, _ in after} == {"signing_keys", "sealing_checks", "former_sealing_keys"}
    assert {key_id_of(value) for value in after.values()} == {done.key_id} != {sealed.old.current_key_id}
    for (table, column, row), value in after.items():
        with pytest.raises(SealError) as refused:
            sealed.old.open(value, table=table, column=column, row=row)
        assert refused.value.code == "sealing_key_unknown"
    assert not set(before.values()) & set(after.values())
    await sealed.check_nothing_is_lost()


async def test_the_old_key_is_refused_at_start(sealed: Sealed) -> None:
    """As a wrong one; with the new one alone everything goes on."""
    done = await sealed.reseal()
    store = sealed.opened(GivenSealing(sealed.old))
    with pytest.raises(SealError) as refused:
        await store.start()
    assert refused.value.code == "sealing_key_wrong"

    alone = sealed.opened(None if sealed.file else GivenSealing(sealed.new))
    await alone.start()
    await alone.close()
    assert alone.sealing.held.key_ids == (done.key_id,)
    old_id = sealed.old.current_key_id
    assert alone.sealing.held.rotation_key(old_id) == sealed.old.rotation_key(old_id)
    assert alone.sealing.held.rotation_key(done.key_id) != sealed.old.rotation_key(old_id)


async def test_a_second_change_takes_the_keys_of_the_first_along(sealed: Sealed) -> None:
    """The rotation key of the very first is sealed anew each time."""
    await sealed.reseal()
    third = Sealing.generate()
    done = await sealed.reseal(None if sealed.file else GivenSealing(third.before(sealed.new)))
    alone = sealed.opened(None if sealed.file else GivenSealing(third))
    await alone.start()
    await alone.close()

    assert done.values == 3
    assert {key_id_of(value) for value in (await sealed.values()).values()} == {done.key_id}
    first = sealed.old.current_key_id
    assert alone.sealing.held.rotation_key(first) == sealed.old.rotation_key(first)
    assert len(alone.sealing.held.rotation_key_ids) == 3


async def test_it_is_audited_without_any_secret(sealed: Sealed) -> None:
    """In the same transaction: which key, instead of which, and how many values."""
    done = await sealed.reseal()
    store = sealed.opened()
    await store.start()
    latest = (await store.read(lambda uow: uow.audit.latest(limit=1)))[0].event
    await store.close()

    assert latest.name.value == "sealing_key_changed"
    assert latest.details == {"key": done.key_id, "dropped": sealed.old.current_key_id, "values": "2"}


async def test_settings_with_nothing_new_change_nothing(sealed: Sealed) -> None:
    """Also when it is run twice: the first key in the settings is current already."""
    before = await sealed.values()
    nothing = await sealed.reseal(GivenSealing(sealed.old.before(sealed.new)))
    assert (nothing.dropped, nothing.values, nothing.put_aside) == ((), 0, ())
    assert await sealed.values() == before

    settings = GivenSealing(sealed.new.before(sealed.old))
    await sealed.reseal(settings)
    moved = await sealed.values()
    assert (await sealed.reseal(settings)).dropped == ()
    assert await sealed.values() == moved


async def test_without_the_old_key_nothing_can_be_moved(sealed: Sealed) -> None:
    """Nothing is changed then, and no key is made."""
    before = await sealed.values()

    assert await sealed.refusal(GivenSealing(sealed.new)) == "sealing_key_wrong"
    assert await sealed.refusal(GivenSealing(None)) == "sealing_key_missing"
    assert await sealed.values() == before


async def test_there_is_no_way_back_to_a_dropped_key(sealed: Sealed) -> None:
    """Somebody may have it: that is why it was dropped."""
    done = await sealed.reseal()
    moved = SealingFile(sealed.file).load() if sealed.file else sealed.new
    assert moved is not None
    assert moved.key_ids == (done.key_id,)

    assert await sealed.refusal(GivenSealing(sealed.old.before(moved))) == "sealing_key_former"
    await sealed.check_nothing_is_lost()


async def test_a_value_that_does_not_open_stops_it_before_anything_is_changed(sealed: Sealed) -> None:
    """It would be lost for good; the log says which row it is."""
    engine = sealed.engine()
    await engine.start()
    await engine.write(
        lambda connection: connection.change(update(signing_keys).values(sealed_private_jwk=b"\x01" + b"x" * 60))
    )
    await engine.close()
    before = await sealed.values()

    assert await sealed.refusal(sealed.ready) == "sealing_key_unknown"
    assert await sealed.values() == before


async def test_a_process_that_has_not_heard_of_it_cannot_seal_with_the_old_key(sealed: Sealed) -> None:
    """The value would be unreadable once the old key is gone, so it is not stored."""
    unaware = sealed.opened(GivenSealing(sealed.old))
    await unaware.start()
    await sealed.reseal()
    before = await sealed.values()
    with pytest.raises(SealError) as refused:
        await RotateKeys(store=unaware, sealers=unaware.sealing).rotate("ES256")
    await unaware.close()

    assert refused.value.code == "sealing_key_former"
    assert await sealed.values() == before


async def test_keys_that_only_verify_have_nothing_to_move(sealed: Sealed) -> None:
    """They stay as they are."""
    store = sealed.opened()
    await store.start()
    await store.write(lambda uow: uow.signing_keys.add(VERIFYING))
    await store.close()

    assert (await sealed.reseal()).values == 2
    again = sealed.opened()
    await again.start()
    assert VERIFYING in await again.read(lambda uow: uow.signing_keys.ever())
    await again.close()
