"""The life of a store."""

from pathlib import Path

import pytest

from tokensmith.server.domain.errors import SealError, UnavailableError
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing
from tokensmith.server.storage.sqlite_engine import SqliteEngine
from tokensmith.server.storage.store import SqlStore

pytestmark = pytest.mark.anyio


async def test_the_keys_are_known_once_it_has_started(sqlite_path: Path) -> None:
    """Before that they are unproven, and asking for them is a mistake."""
    sealing = Sealing.generate()
    store = SqlStore(SqliteEngine(sqlite_path), GivenSealing(sealing))
    with pytest.raises(RuntimeError, match="not started"):
        _ = store.sealing

    await store.start()
    await store.close()
    assert store.sealing.held.key_ids == sealing.key_ids


async def test_a_start_that_fails_leaves_nothing_open(sqlite_path: Path) -> None:
    """The database can be moved away, or opened with the right key."""
    store = SqlStore(SqliteEngine(sqlite_path), GivenSealing(None))
    with pytest.raises(SealError):
        await store.start()

    with pytest.raises(UnavailableError):
        await store.read(lambda uow: uow.now_ms())


async def test_it_can_be_started_again(sqlite_path: Path) -> None:
    """As when a test, or an operator's command, opens one store twice."""
    store = SqlStore(SqliteEngine(sqlite_path), GivenSealing(Sealing.generate()))
    for _ in range(2):
        await store.start()
        assert await store.write(lambda uow: uow.users.find_by_name_key("x")) is None
        await store.close()
    await store.close()
