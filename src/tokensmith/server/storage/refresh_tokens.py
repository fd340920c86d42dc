"""Refresh families (`domain/refresh_tokens.py`): one row per family, whatever happens to its tokens."""

from typing import Final

from sqlalchemy import bindparam, insert, select, update

from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import EarlierKey, Family
from tokensmith.server.storage.schema import refresh_families as families
from tokensmith.server.storage.statements import NOW_MS, Connection, Row

_ADD: Final = insert(families)
_FIND: Final = select(families, NOW_MS).where(families.c.family == bindparam("key"))
# The row lock that this takes is what any number of racers queue up for. Each looks at the row again when its turn
# comes, and only the first still finds the generation and digest it has read.
_ADVANCE: Final = (
    update(families)
    .where(
        families.c.family == bindparam("key"),
        families.c.generation == bindparam("from_generation"),
        families.c.secret_digest == bindparam("from_digest"),
        families.c.ended_at_ms.is_(None),
    )
    .values(
        generation=bindparam("to_generation"),
        secret_digest=bindparam("to_digest"),
        rotated_at_ms=bindparam("rotations"),
        idle_expires_at_ms=bindparam("idle_until_ms"),
        key_thumbprint=bindparam("bound_to"),
        key_id=bindparam("chained_with"),
        earlier_keys=bindparam("chained_before"),
    )
    .returning(families.c.generation)
)


class SqlRefreshTokens:
    """Satisfies `RefreshTokens`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, family: Family) -> None:
        """Store a new family."""
        await self._connection.change(
            _ADD,
            family=family.family,
            grant_id=family.grant_id,
            generation=family.generation,
            secret_digest=family.secret_digest,
            key_id=family.key_id,
            rotated_at_ms=_joined(family.rotated_at_ms),
            idle_expires_at_ms=family.idle_expires_at_ms,
            absolute_expires_at_ms=family.absolute_expires_at_ms,
            ended_at_ms=family.ended_at_ms,
            key_thumbprint=family.key_thumbprint,
            earlier_keys=_joined_keys(family.earlier_keys),
        )

    async def find(self, family: bytes) -> tuple[Family, int] | None:
        """Return the family's row and the database's time of reading it, in milliseconds."""
        row = await self._connection.row(_FIND, key=family)
        return (_family_of(row[:-1]), row[-1]) if row else None

    async def advance(self, family: Family, *, from_generation: int, from_digest: bytes) -> bool:
        """Store *family* over the row that still has this generation and digest and has not ended."""
        won = await self._connection.row(
            _ADVANCE,
            key=family.family,
            from_generation=from_generation,
            from_digest=from_digest,
            to_generation=family.generation,
            to_digest=family.secret_digest,
            rotations=_joined(family.rotated_at_ms),
            idle_until_ms=family.idle_expires_at_ms,
            bound_to=family.key_thumbprint,
            chained_with=family.key_id,
            chained_before=_joined_keys(family.earlier_keys),
        )
        return won is not None


def _joined(moments: tuple[int, ...]) -> str:
    return " ".join(str(moment) for moment in moments)


def _joined_keys(keys: tuple[EarlierKey, ...]) -> str | None:
    return " ".join(f"{key.key_id}:{key.until_generation}" for key in keys) or None


def _keys_of(joined: str | None) -> tuple[EarlierKey, ...]:
    pairs = (word.split(":") for word in (joined or "").split())
    return tuple(EarlierKey(key_id, int(until)) for key_id, until in pairs)


def _family_of(row: Row) -> Family:
    family, grant_id, generation, secret_digest, key_id, rotated, *ends, key_thumbprint, earlier_keys = row
    idle, absolute, ended_at_ms = ends
    return Family(
        family=family,
        grant_id=GrantId(grant_id),
        generation=generation,
        secret_digest=secret_digest,
        key_id=key_id,
        rotated_at_ms=tuple(int(moment) for moment in rotated.split()),
        idle_expires_at_ms=idle,
        absolute_expires_at_ms=absolute,
        ended_at_ms=ended_at_ms,
        key_thumbprint=key_thumbprint,
        earlier_keys=_keys_of(earlier_keys),
    )
