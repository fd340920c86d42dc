"""Finds a wrong or missing sealing key when the server starts, not when the first key is to be opened (decision 9)."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.schema import sealing_checks, signing_keys
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import SealingSource
from tokensmith.server.storage.statements import Connection, Row

_TABLE: Final = "sealing_checks"
_COLUMN: Final = "sealed"
_PLAINTEXT: Final = b"tokensmith"
_LOCK_NAME: Final = "sealing key"

_ALL: Final = select(sealing_checks.c.key_id, sealing_checks.c.sealed)
_ANY_SEALED: Final = select(signing_keys.c.kid).limit(1)
_ADD: Final = insert(sealing_checks).on_conflict_do_nothing()


async def checked_sealing(connection: Connection, source: SealingSource) -> Sealing:
    """Return the keys of *source* if they are those of the database; a database without any gets its first.

    Raises:
        SealError: sealed values are there and no key is, or an older key lacks (`sealing_key_missing`); the keys are
            another database's (`sealing_key_wrong`); or the source has its own reason.
    """
    # Several processes start at once: the second sees what the first has made.
    await connection.lock(_LOCK_NAME)
    checks = await connection.rows(_ALL)
    sealing = source.load()
    if sealing is None:
        if checks or await connection.rows(_ANY_SEALED):
            raise SealError("The database is sealed and its key is not here.", code="sealing_key_missing")
        sealing = source.create()
    _check(sealing, checks)
    if sealing.current_key_id not in {key_id for key_id, _ in checks}:
        key_id = sealing.current_key_id
        sealed = sealing.seal(_PLAINTEXT, table=_TABLE, column=_COLUMN, row=key_id)
        await connection.change(_ADD, key_id=key_id, sealed=sealed)
    return sealing


def _check(sealing: Sealing, checks: list[Row]) -> None:
    missing = sorted({key_id for key_id, _ in checks} - set(sealing.key_ids))
    if missing and len(missing) == len(checks):
        raise SealError("The sealing key is another database's.", code="sealing_key_wrong", detail=" ".join(missing))
    if missing:
        raise SealError("An older sealing key is missing.", code="sealing_key_missing", detail=" ".join(missing))
    for key_id, sealed in checks:
        sealing.open(sealed, table=_TABLE, column=_COLUMN, row=key_id)
