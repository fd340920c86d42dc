"""A database whose sealing key is about to be changed, wherever its keys come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from tokensmith.jose import Key
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.reseal import Resealed
from tokensmith.server.storage.schema import metadata
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import GivenSealing, SealingFile, SealingSource
from tokensmith.server.storage.store import SqlStore


@dataclass
class Sealed:
    """A database with signing keys, sealed with a key that is about to be changed."""

    url: str
    engine: Callable[[], Engine]
    file: Path | None
    old: Sealing
    new: Sealing

    @property
    def ready(self) -> SealingSource:
        """Where a server that was told of the next key has its keys from."""
        return SealingFile(self.file) if self.file else GivenSealing(self.new.before(self.old))

    def opened(self, source: SealingSource | None = None) -> SqlStore:
        return SqlStore(self.engine(), source or self.ready)

    async def reseal(self, source: SealingSource | None = None) -> Resealed:
        store = self.opened(source)
        await store.start()
        try:
            return await store.reseal()
        finally:
            await store.close()

    async def refusal(self, source: SealingSource) -> str:
        with pytest.raises(SealError) as refused:
            await self.reseal(source)
        return refused.value.code

    async def check_nothing_is_lost(self) -> None:
        """Start a server; all signing keys open, and one more can be sealed."""
        store = self.opened()
        await store.start()
        keys = await store.read(lambda uow: uow.signing_keys.all())
        for key in keys:
            place = {"table": "signing_keys", "column": "sealed_private_jwk", "row": key.kid}
            opened = store.sealing.held.open(key.sealed_private_jwk, **place)
            assert Key.from_jwk(parse_object(opened)).thumbprint() == key.kid
        assert len(keys) == 2
        assert store.sealing.held.rotation_key(self.old.current_key_id) == self.old.rotation_key(
            self.old.current_key_id
        )
        await store.close()

    async def values(self) -> dict[tuple[str, str, str], bytes]:
        """Everything in the database that is sealed: what says so by the name of its column."""
        engine = self.engine()
        await engine.start()
        found = {}
        for table in metadata.sorted_tables:
            for column in (column for column in table.c if column.name.startswith("sealed")):
                statement = select(*table.primary_key.columns, column)
                rows = await engine.read(lambda connection, statement=statement: connection.rows(statement))
                found.update({(table.name, column.name, row): sealed for row, sealed in rows})
        await engine.close()
        return found
