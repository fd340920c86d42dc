"""A wrong sealing key is found at start, on both engines."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.server.storage.test_signing_keys import KEY, VERIFYING
from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.postgresql_engine import PostgresEngine
from tokensmith.server.storage.schema import sealing_checks
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_check import add_check
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile, SealingSource
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.store import SqlStore

pytestmark = pytest.mark.anyio


@dataclass
class Database:
    """A migrated database that a test opens again and again."""

    engine: Callable[[], Engine]

    async def start(self, source: SealingSource) -> SqlStore:
        store = SqlStore(self.engine(), source)
        await store.start()
        return store

    async def opened_with(self, sealing: Sealing | None) -> Sealing:
        store = await self.start(GivenSealing(sealing))
        await store.close()
        return store.sealing.held

    async def refusal_of(self, sealing: Sealing | None) -> str:
        with pytest.raises(SealError) as refused:
            await self.opened_with(sealing)
        return refused.value.code


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """One on each engine."""
    if request.param == "sqlite":
        path = request.getfixturevalue("sqlite_path")
        return Database(lambda: SqliteEngine(path))
    url = request.getfixturevalue("migrated_postgres_url")
    return Database(lambda: PostgresEngine(url, pool_size=1))


async def test_the_first_key_stays_the_key(database: Database) -> None:
    """Every later start brings it again."""
    sealing = Sealing.generate()
    await database.opened_with(sealing)

    assert (await database.opened_with(sealing)).key_ids == sealing.key_ids


async def test_another_key_is_refused(database: Database) -> None:
    """Before anything was sealed with it."""
    await database.opened_with(Sealing.generate())

    assert await database.refusal_of(Sealing.generate()) == "sealing_key_wrong"


async def test_no_key_is_refused(database: Database) -> None:
    """For a new database, and for one whose key is lost: these are two different things to do."""
    assert await database.refusal_of(None) == "sealing_key_required"

    await database.opened_with(Sealing.generate())
    assert await database.refusal_of(None) == "sealing_key_missing"


async def test_a_new_key_is_not_used_before_the_database_is_moved_to_it(database: Database) -> None:
    """Wherever it stands: servers are told of it one after the other, and the others must go on reading everything."""
    old, new = Sealing.generate(), Sealing.generate()
    await database.opened_with(old)
    for both in (new.before(old), old.before(new)):
        opened = await database.opened_with(both)
        assert opened.current_key_id == old.current_key_id
        assert set(opened.key_ids) == {*old.key_ids, *new.key_ids}

    assert (await database.opened_with(old)).key_ids == old.key_ids
    assert await database.refusal_of(new) == "sealing_key_wrong"


async def test_of_two_keys_in_use_both_are_needed(database: Database) -> None:
    """As an earlier version of the server left it where it was given a second key."""
    old, new = Sealing.generate(), Sealing.generate()
    store = await database.start(GivenSealing(old))
    await store._engine.write(lambda connection: add_check(connection, new))
    await store.close()

    assert (await database.opened_with(new.before(old))).current_key_id == new.current_key_id
    assert await database.refusal_of(new) == "sealing_key_missing"
    assert await database.refusal_of(Sealing.generate()) == "sealing_key_wrong"


async def test_a_check_that_does_not_open_is_refused(database: Database) -> None:
    """Somebody has changed the row."""
    sealing = Sealing.generate()
    store = await database.start(GivenSealing(sealing))
    await store._engine.write(lambda connection: connection.change(update(sealing_checks).values(sealed=b"x" * 60)))
    await store.close()

    assert await database.refusal_of(sealing) == "sealed_value_refused"


async def test_a_key_file_is_made_for_a_new_database_and_never_again(database: Database, tmp_path: Path) -> None:
    """An existing database without its key is an error with a code of its own; nothing is made over it."""
    path = tmp_path / "db.sealing-key"
    store = await database.start(SealingFile(path))
    await store.write(lambda uow: uow.signing_keys.add(KEY))
    await store.close()
    again = await database.start(SealingFile(path))
    await again.close()
    assert again.sealing.held.key_ids == store.sealing.held.key_ids

    path.unlink()
    with pytest.raises(SealError) as refused:
        await database.start(SealingFile(path))
    assert refused.value.code == "sealing_key_missing"
    assert not path.exists()


async def test_sealed_data_without_a_check_get_no_new_key_either(database: Database, tmp_path: Path) -> None:
    """A database of which half was restored."""
    store = await database.start(GivenSealing(Sealing.generate()))
    await store.write(lambda uow: uow.signing_keys.add(KEY))
    await store._engine.write(lambda connection: connection.change(sealing_checks.delete()))
    await store.close()

    with pytest.raises(SealError) as refused:
        await database.start(SealingFile(tmp_path / "key"))

    assert refused.value.code == "sealing_key_missing"
    assert not (tmp_path / "key").exists()


async def test_a_start_that_died_after_making_the_key_is_taken_up(database: Database, tmp_path: Path) -> None:
    """The file was there before the check was committed."""
    made = SealingFile(tmp_path / "key").create()
    store = await database.start(SealingFile(tmp_path / "key"))
    await store.close()

    assert store.sealing.held.key_ids == made.key_ids


async def test_keys_that_only_verify_are_no_sealed_data(database: Database, tmp_path: Path) -> None:
    """There is nothing that a new sealing key could make unreadable."""
    store = await database.start(GivenSealing(Sealing.generate()))
    await store.write(lambda uow: uow.signing_keys.add(VERIFYING))
    await store._engine.write(lambda connection: connection.change(sealing_checks.delete()))
    await store.close()
    again = await database.start(SealingFile(tmp_path / "key"))
    await again.close()

    assert (tmp_path / "key").exists()
