"""Changes a database from one sealing key to the next (decision 9; docs/decisions/0027).

The move is one transaction: every sealed value is opened and sealed anew, the check value too, and of the old key only
its rotation key is kept, sealed with the new one. So there is no moment at which half of the values are under either,
and whoever dies on the way has changed nothing or all. The new key is on disk before, the old one until after.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Executable, bindparam, delete, insert, select, update

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.storage.audit import SqlAudit
from tokensmith.server.storage.engine import Engine
from tokensmith.server.storage.schema import former_sealing_keys, sealing_checks, signing_keys
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_check import (
    add_check,
    check_not_former,
    checked_sealing,
    read_sealing_state,
)
from tokensmith.server.storage.sealing_source import SealingSource
from tokensmith.server.storage.signing_keys import LOCK_NAME as SIGNING_KEYS_LOCK
from tokensmith.server.storage.statements import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """What a change of the sealing key did.

    Attributes:
        key_id: The key that is current now.
        dropped: The keys that were current before; empty where *key_id* was current already.
        values: How many values were sealed anew.
        put_aside: Files that hold a dropped key each.
    """

    key_id: str
    dropped: tuple[str, ...]
    values: int
    put_aside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, each bound to its table, column and row."""

    table: str
    column: str
    read: Executable
    write: Executable

    @classmethod
    def of(cls, row: Column[str], column: Column[bytes]) -> "SealedColumn":
        """Build its statements; *row* is what names a row. Where there is no value, nothing is sealed."""
        write = update(column.table).where(row == bindparam("row")).values({column: bindparam("sealed")})
        return cls(column.table.name, column.name, select(row, column).where(column.is_not(None)), write)

    async def move(self, connection: Connection, sealing: Sealing) -> int:
        """Seal every value with the current key; returns how many there are."""
        rows = await connection.rows(self.read)
        for row, sealed in rows:
            plaintext = sealing.open(sealed, table=self.table, column=self.column, row=row)
            anew = sealing.seal(plaintext, table=self.table, column=self.column, row=row)
            await connection.change(self.write, row=row, sealed=anew)
        return len(rows)


# Everything but the check value. Who writes to one of them holds a lock that `_move` takes.
SEALED_COLUMNS: Final = (
    SealedColumn.of(signing_keys.c.kid, signing_keys.c.sealed_private_jwk),
    SealedColumn.of(former_sealing_keys.c.key_id, former_sealing_keys.c.sealed_rotation_key),
)
_DROP_CHECKS: Final = delete(sealing_checks)
_ADD_FORMER: Final = insert(former_sealing_keys)


async def reseal(engine: Engine, source: SealingSource) -> Resealed:
    """Move the database to the next key of *source*; may be broken off anywhere, and repeated.

    Raises:
        SealError: a value does not open, the keys are not the database's or cannot be stored, or the key to change to
            was in use before (`sealing_key_former`); nothing was changed.
        UnavailableError: the database cannot be reached.
    """
    moved = await engine.write(lambda connection: _move(connection, source))
    put_aside = await engine.write(lambda connection: _drop_former(connection, source))
    return replace(moved, put_aside=put_aside)


async def _move(connection: Connection, source: SealingSource) -> Resealed:
    # The first of the two locks is taken here: of two commands at once the second waits.
    present = await checked_sealing(connection, source)
    await connection.lock(SIGNING_KEYS_LOCK)
    sealing = source.successor(present.current_key_id)
    old = sorted((await read_sealing_state(connection)).key_ids - {sealing.current_key_id})
    if not old:
        return Resealed(key_id=sealing.current_key_id, dropped=(), values=0)
    await check_not_former(connection, sealing.current_key_id)
    moved = Resealed(key_id=sealing.current_key_id, dropped=tuple(old), values=await _seal_anew(connection, sealing))
    for key_id in old:
        await _keep_rotation_key(connection, sealing, key_id)
    await connection.change(_DROP_CHECKS)
    await add_check(connection, sealing)
    details = {"key": moved.key_id, "dropped": " ".join(old), "values": str(moved.values)}
    await SqlAudit(connection).record(AuditEvent(name=AuditName.SEALING_KEY_CHANGED, details=details))
    return moved


async def _seal_anew(connection: Connection, sealing: Sealing) -> int:
    return sum([await column.move(connection, sealing) for column in SEALED_COLUMNS])


async def _keep_rotation_key(connection: Connection, sealing: Sealing, key_id: str) -> None:
    column = former_sealing_keys.c.sealed_rotation_key
    sealed = sealing.seal(sealing.rotation_key(key_id), table=former_sealing_keys.name, column=column.name, row=key_id)
    await connection.change(_ADD_FORMER, key_id=key_id, sealed_rotation_key=sealed)


async def _drop_former(connection: Connection, source: SealingSource) -> tuple[Path, ...]:
    # In a transaction of its own: the old key stays in its file until the move is on disk.
    present = await checked_sealing(connection, source)
    return source.drop_former(present.current_key_id)
