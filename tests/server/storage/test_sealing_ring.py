"""A process that runs learns of a new sealing key from the database, on both engines."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import update

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.postgresql_engine import PostgresEngine
from tokensmith.server.storage.schema import former_sealing_keys
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_ring import REFRESH_SECONDS, SealingRing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile, SealingSource
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.store import SqlStore

pytestmark = pytest.mark.anyio

PLACE = {"table": "signing_keys", "column": "sealed_private_jwk", "row": "k1"}


@dataclass
class Running:
    """A database, a server process that runs over it, and its clock."""

    engine: Callable[[], Engine]
    source: SealingSource
    old: Sealing
    seconds: float = 0.0
    stores: list[SqlStore] = field(default_factory=list)

    async def start(self, source: SealingSource) -> SealingRing:
        store = SqlStore(self.engine(), source)
        await store.start()
        self.stores.append(store)
        return SealingRing(store._engine, source, store.sealing.held, monotonic=lambda: self.seconds)

    async def reseal(self, source: SealingSource) -> str:
        """What another process does."""
        await self.start(source)
        return (await self.stores[-1].reseal()).key_id


@pytest.fixture(params=["sqlite", "postgresql"])
async def running(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Running]:
    """One over each engine, its keys in a file."""
    if request.param == "sqlite":
        path = request.getfixturevalue("sqlite_path")
        engine: Callable[[], Engine] = lambda: SqliteEngine(path)  # noqa: E731 - it goes on below
    else:
        url = request.getfixturevalue("migrated_postgres_url")
        engine = lambda: PostgresEngine(url, pool_size=1)  # noqa: E731 - it goes on above
    source = SealingFile(tmp_path / "key")
    running = Running(engine, source, source.create())
    await running.start(source)
    yield running
    for store in running.stores:
        await store.close()


async def test_a_new_key_is_learned_within_two_seconds(running: Running) -> None:
    """Both sides of the bound; nothing is restarted."""
    ring = await running.start(running.source)
    new = await running.reseal(running.source)
    running.seconds = REFRESH_SECONDS - 0.001
    assert (await ring.current()).key_ids == running.old.key_ids
    running.seconds = REFRESH_SECONDS

    assert (await ring.current()).current_key_id == new
    assert ring.held.key_ids == (new, running.old.current_key_id)
    running.seconds = 2 * REFRESH_SECONDS
    assert await ring.current() is ring.held


async def test_a_value_under_a_new_key_is_reason_to_look_at_once(running: Running) -> None:
    """Another process has sealed it already."""
    ring = await running.start(running.source)
    await running.reseal(running.source)
    other = running.stores[-1].sealing
    running.stores[-1].sealing._asked_at -= REFRESH_SECONDS
    sealed = (await other.current()).seal(b"secret", **PLACE)

    assert (await ring.opening(sealed)).open(sealed, **PLACE) == b"secret"


async def test_a_family_under_a_new_key_is_reason_to_look_at_once(running: Running) -> None:
    """Another process has refreshed it already. The old rotation key stays known, and the old key opens what it sealed:
    what was read before the change may be opened after it.
    """
    ring = await running.start(running.source)
    sealed = ring.held.seal(b"secret", **PLACE)
    new = await running.reseal(running.source)
    old = running.old.current_key_id
    assert (await ring.holding([old])).current_key_id == old

    learned = await ring.holding([new, old])
    assert learned.current_key_id == new
    assert learned.rotation_key(old) == running.old.rotation_key(old)
    assert learned.open(sealed, **PLACE) == b"secret"


async def test_two_changes_at_once_are_learned_together(running: Running) -> None:
    """The rotation key in between was never in this process's hands, and comes out of the database."""
    ring = await running.start(running.source)
    second = await running.reseal(running.source)
    third = await running.reseal(running.source)
    learned = await ring.holding([second])

    assert learned.current_key_id == third
    assert learned.rotation_key_ids == {*running.old.key_ids, second, third}


async def test_keys_from_settings_are_turned_when_the_database_is(running: Running) -> None:
    """A server that was started with both keys seals with the new one as soon as that is current."""
    both = GivenSealing(Sealing.generate().before(running.old))
    ring = await running.start(both)
    assert ring.held.current_key_id == running.old.current_key_id
    new = await running.reseal(both)
    running.seconds = REFRESH_SECONDS

    assert (await ring.current()).current_key_id == new


async def test_who_cannot_have_the_new_key_goes_on_with_the_old_one_and_asks_again(running: Running) -> None:
    """What it has opened, it can use; a value under the new key it cannot open, and says so."""
    ring = await running.start(GivenSealing(running.old))
    new = await running.reseal(running.source)
    running.seconds = REFRESH_SECONDS
    held = await ring.holding([new])
    assert held.key_ids == running.old.key_ids
    with pytest.raises(SealError) as refused:
        held.rotation_key(new)
    assert refused.value.code == "sealing_key_unknown"

    ring._source = running.source
    assert (await ring.holding([new])).current_key_id == new


async def test_a_file_that_is_gone_is_no_reason_to_stop(running: Running) -> None:
    """For somebody who runs; the next start will be refused."""
    ring = await running.start(running.source)
    await running.reseal(running.source)
    running.seconds = REFRESH_SECONDS
    ring._source = SealingFile(Path("/nowhere/key"))

    assert (await ring.current()).key_ids == running.old.key_ids


async def test_a_changed_row_is_learned_by_nobody(running: Running) -> None:
    """Somebody writes to the database and has no key: who runs goes on, who starts is refused."""
    ring = await running.start(running.source)
    await running.reseal(running.source)
    engine = running.stores[-1]._engine
    change = update(former_sealing_keys).values(sealed_rotation_key=b"\x01" + b"x" * 60)
    await engine.write(lambda connection: connection.change(change))
    running.seconds = REFRESH_SECONDS

    assert (await ring.current()).key_ids == running.old.key_ids
    with pytest.raises(SealError) as refused:
        await running.start(running.source)
    assert refused.value.code == "sealing_key_unknown"
