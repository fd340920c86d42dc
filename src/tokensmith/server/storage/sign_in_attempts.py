"""Counted sign-in attempts (`domain/sign_in_attempts.py`, whose rule decides; here its two rows are held meanwhile).

An upsert that changes nothing makes the row where it is missing and locks it in either case, so a hundred attempts at
once on one name are counted one after the other. The name's row is locked after the pair's, always: no two wait for
each other.
"""

from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.sign_in_attempts import (
    KNOWN_SOURCE_MS,
    NAME_ALONE,
    NAME_AND_SOURCE,
    AttemptCount,
    AttemptKeys,
    AttemptRule,
    Locked,
    Reserved,
)
from tokensmith.server.storage.schema import sign_in_attempts as table
from tokensmith.server.storage.statements import NOW_MS, Connection

_HOLD: Final = (
    insert(table)
    .values(
        key=bindparam("key"),
        attempts=0,
        window_started_at_ms=0,
        locked_until_ms=0,
        known_until_ms=0,
        useless_from_ms=0,
    )
    .on_conflict_do_update(index_elements=["key"], set_={"attempts": table.c.attempts})
    .returning(table.c.attempts, table.c.window_started_at_ms, table.c.locked_until_ms, table.c.known_until_ms, NOW_MS)
)
_KEEP: Final = (
    update(table)
    .where(table.c.key == bindparam("of"))
    .values(
        attempts=bindparam("new_attempts"),
        window_started_at_ms=bindparam("new_window"),
        locked_until_ms=bindparam("new_lock"),
        known_until_ms=bindparam("new_known"),
        useless_from_ms=bindparam("new_useless"),
    )
)
_USELESS: Final = table.c.useless_from_ms <= NOW_MS
# The condition stands twice: PostgreSQL looks only at the outer one again where an attempt was counted meanwhile.
_SWEEP: Final = delete(table).where(
    table.c.key.in_(select(table.c.key).where(_USELESS).limit(bindparam("limit"))), _USELESS
)


class SqlSignInAttempts:
    """Satisfies `SignInAttempts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def reserve(self, keys: AttemptKeys) -> Reserved | Locked:
        """Count one attempt, or say until when none may be made."""
        pair, now_ms = await self._hold(keys.name_and_source)
        counters = [(keys.name_and_source, pair, NAME_AND_SOURCE)]
        if pair.locked_until_ms <= now_ms and pair.known_until_ms <= now_ms:
            name, now_ms = await self._hold(keys.name)
            counters.append((keys.name, name, NAME_ALONE))
        locked_until_ms = max(count.locked_until_ms for _, count, _ in counters)
        if locked_until_ms > now_ms:
            return Locked(until_ms=locked_until_ms, now_ms=now_ms)
        for key, count, rule in counters:
            await self._keep(key, count.plus_one(rule, now_ms=now_ms), rule)
        return Reserved()

    async def succeeded(self, keys: AttemptKeys) -> None:
        """Forget the attempts of this name and source, and remember the source as known."""
        _, now_ms = await self._hold(keys.name_and_source)
        known = AttemptCount(known_until_ms=now_ms + KNOWN_SOURCE_MS)
        await self._keep(keys.name_and_source, known, NAME_AND_SOURCE)

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* counters that say nothing any more; returns how many."""
        return await self._connection.change(_SWEEP, limit=limit)

    async def _hold(self, key: bytes) -> tuple[AttemptCount, int]:
        (row,) = await self._connection.rows(_HOLD, key=key)
        attempts, window_started_at_ms, locked_until_ms, known_until_ms, now_ms = row
        count = AttemptCount(
            attempts=attempts,
            window_started_at_ms=window_started_at_ms,
            locked_until_ms=locked_until_ms,
            known_until_ms=known_until_ms,
        )
        return count, now_ms

    async def _keep(self, key: bytes, count: AttemptCount, rule: AttemptRule) -> None:
        await self._connection.change(
            _KEEP,
            of=key,
            new_attempts=count.attempts,
            new_window=count.window_started_at_ms,
            new_lock=count.locked_until_ms,
            new_known=count.known_until_ms,
            new_useless=count.useless_from_ms(rule),
        )
