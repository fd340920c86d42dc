"""From a database URL to a store that runs."""

import sys
from pathlib import Path

import pytest

from tests.server.storage.samples import ADA
from tokensmith.server.domain.errors import ConflictError, SealError
from tokensmith.server.storage.migrate import migrate
from tokensmith.server.storage.open import open_store
from tokensmith.server.storage.sealing import Sealing

pytestmark = pytest.mark.anyio


async def test_a_sqlite_database_brings_its_own_key(tmp_path: Path) -> None:
    """What is written is there after a restart; the times are the machine's."""
    url = f"sqlite:///{tmp_path / 'my data.db'}"
    migrate(url)
    first = open_store(url)
    await first.start()
    await first.write(lambda uow: uow.users.add(ADA, key="ada"))
    await first.close()
    second = open_store(url)
    await second.start()
    found = await second.read(lambda uow: uow.users.find_by_name_key("ada"))
    now_ms = await second.read(lambda uow: uow.now_ms())
    await second.close()

    assert found == ADA
    assert second.sealing.held.key_ids == first.sealing.held.key_ids
    assert now_ms > 1_700_000_000_000
    assert (tmp_path / "my data.db.sealing-key").exists()


async def test_a_given_key_is_used_instead_of_a_file(tmp_path: Path) -> None:
    """None is made beside the database then."""
    url = f"sqlite:///{tmp_path / 'db'}"
    migrate(url)
    store = open_store(url, sealing=Sealing.generate())
    await store.start()
    await store.close()

    assert not (tmp_path / "db.sealing-key").exists()


async def test_postgresql_needs_a_key(postgres_url: str) -> None:
    """And runs with one; the times are the server's."""
    migrate(postgres_url)
    with pytest.raises(SealError) as refused:
        await open_store(postgres_url).start()
    assert refused.value.code == "sealing_key_required"

    store = open_store(postgres_url, sealing=Sealing.generate(), pool_size=1, prepare=False)
    await store.start()
    now_ms = await store.read(lambda uow: uow.now_ms())
    await store.close()
    assert now_ms > 1_700_000_000_000


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite alone needs no driver."""
    monkeypatch.delitem(sys.modules, "tokensmith.server.storage.postgresql_engine", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConflictError, match=r"tokensmith\[postgres\]") as refused:
        open_store("postgresql://host/db")

    assert refused.value.code == "postgres_extra_missing"


def test_another_url_is_a_mistake() -> None:
    """Found before anything is opened."""
    with pytest.raises(ValueError, match="a database URL is"):
        open_store("oracle://host/db")
