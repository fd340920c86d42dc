"""Finds a wrong or missing sealing key when the server starts, not when the first key is to be opened (decision 9).

Which of several keys is current is the database's word, not the order in the settings: processes are restarted one
after the other, and until `keys reseal` has moved the database, those that know the new key seal with the old one.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import LargeBinary, bindparam, cast, null, select, union_all
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.errors import SealError
from tokensmith.server.storage.schema import former_sealing_keys as former_keys
from tokensmith.server.storage.schema import sealing_checks, signing_keys
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_source import SealingSource
from tokensmith.server.storage.statements import Connection, Row

LOCK_NAME: Final = "sealing key"

_TABLE: Final = "sealing_checks"
_COLUMN: Final = "sealed"
_PLAINTEXT: Final = b"tokensmith"

_ALL: Final = select(sealing_checks.c.key_id, sealing_checks.c.sealed)
_ANY_SEALED: Final = select(signing_keys.c.kid).where(signing_keys.c.sealed_private_jwk.is_not(None)).limit(1)
_ADD: Final = insert(sealing_checks).on_conflict_do_nothing()
# One statement, as both must be of one moment: keys that are current have nothing beside their id.
_STATE: Final = union_all(
    select(sealing_checks.c.key_id, cast(null(), LargeBinary)),
    select(former_keys.c.key_id, former_keys.c.sealed_rotation_key),
)
_IS_FORMER: Final = select(former_keys.c.key_id).where(former_keys.c.key_id == bindparam("key"))


async def checked_sealing(connection: Connection, source: SealingSource) -> Sealing:
    """Return the keys of *source* if they are those of the database; a database without any gets its first.

    Raises:
        SealError: sealed values are there and no key is, or an older key lacks (`sealing_key_missing`); the keys are
            another database's, or were dropped (`sealing_key_wrong`); or the source has its own reason.
    """
    # Several processes start at once: the second sees what the first has made.
    await connection.lock(LOCK_NAME)
    checks = await connection.rows(_ALL)
    sealing = source.load()
    if sealing is None:
        if checks or await connection.rows(_ANY_SEALED):
            raise SealError("The database is sealed and its key is not here.", code="sealing_key_missing")
        sealing = source.create()
    _check(sealing, checks)
    if not checks:
        await add_check(connection, sealing)
    return (await read_sealing_state(connection)).applied_to(sealing)


async def add_check(connection: Connection, sealing: Sealing) -> None:
    """Make the current key of *sealing* one of the database's."""
    key_id = sealing.current_key_id
    sealed = sealing.seal(_PLAINTEXT, table=_TABLE, column=_COLUMN, row=key_id)
    await connection.change(_ADD, key_id=key_id, sealed=sealed)


async def check_not_former(connection: Connection, key_id: str) -> None:
    """Refuse to seal with a key that was dropped, by a process that has not heard of it: the value would be lost.

    Raises:
        SealError: it was (`sealing_key_former`).
    """
    if await connection.row(_IS_FORMER, key=key_id):
        raise SealError("This sealing key was dropped; another is in use.", code="sealing_key_former", detail=key_id)


@dataclass(frozen=True, slots=True)
class SealingState:
    """What the database says of its sealing keys.

    Attributes:
        key_ids: The key that is current; with it others, where an earlier version of the server had several in use.
        former: Dropped keys' ids, and their rotation keys, sealed.
    """

    key_ids: frozenset[str]
    former: dict[str, bytes]

    def applied_to(self, sealing: Sealing) -> Sealing:
        """Return the same keys, the current one first, with the rotation keys of dropped ones.

        Raises:
            SealError: the current key is not among them (`sealing_key_unknown`), or a rotation key does not open.
        """
        current = next((key_id for key_id in sealing.key_ids if key_id in self.key_ids), None)
        if current is None:
            detail = " ".join(sorted(self.key_ids))
            raise SealError("The sealing key in use is not here.", code="sealing_key_unknown", detail=detail)
        opened = {
            key_id: sealing.open(sealed, table=former_keys.name, column="sealed_rotation_key", row=key_id)
            for key_id, sealed in self.former.items()
        }
        return sealing.led_by(current).knowing(opened)


async def read_sealing_state(connection: Connection) -> SealingState:
    """Read what the database says at one moment."""
    rows = await connection.rows(_STATE)
    return SealingState(
        key_ids=frozenset(key_id for key_id, sealed in rows if sealed is None),
        former={key_id: sealed for key_id, sealed in rows if sealed is not None},
    )


def _check(sealing: Sealing, checks: list[Row]) -> None:
    missing = sorted({key_id for key_id, _ in checks} - set(sealing.key_ids))
    if missing and len(missing) == len(checks):
        raise SealError("The sealing key is not this database's.", code="sealing_key_wrong", detail=" ".join(missing))
    if missing:
        raise SealError("An older sealing key is missing.", code="sealing_key_missing", detail=" ".join(missing))
    for key_id, sealed in checks:
        sealing.open(sealed, table=_TABLE, column=_COLUMN, row=key_id)
