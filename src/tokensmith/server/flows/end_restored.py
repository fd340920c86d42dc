"""After a backup was restored: ends all that it brought back to life (decision 36; the rule is `domain/restoring.py`).

Access tokens that were issued after the backup carry places in status lists that it knows nothing of, so no bit can be
set for them: they end with the keys that signed them. That comes first, as it ends the most at once, and a key that
was retired as compromised since is out again before anything is signed with it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.signing_keys import SigningKey, Stage
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.end_sessions import end_session
from tokensmith.server.flows.rotate_keys import RotateKeys

# Each takes several statements, and other writers wait meanwhile: many small transactions.
BATCH: Final = 50

Piece = Callable[[UnitOfWork, str], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What has ended: all that had begun by *until_ms*. *going_on* grants are younger."""

    until_ms: int
    keys: tuple[KeyId, ...]
    sessions: int
    grants: int
    consents: int
    going_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRestored:
    """The flow. Breaking it off loses nothing: run again, it goes on where it was."""

    store: Store
    keys: RotateKeys

    async def run(self, until_ms: int | None = None) -> Restored:
        """End every signing key, session, grant and consent that had begun by a moment.

        Args:
            until_ms: Milliseconds since 1970, after the backup was made; None for now. What began later goes on.

        Raises:
            ConflictError: the moment is still to come (`restored_in_future`).
        """
        until_ms = await self._begin(until_ms)
        keys = await self._retire_keys(until_ms)
        grants = await self._in_pieces(_grants(until_ms))
        sessions = await self._in_pieces(_sessions(until_ms))
        # Once more, as an old session may have begun something while it still went on.
        grants += await self._in_pieces(_grants(until_ms))
        restored = Restored(
            until_ms=until_ms,
            keys=keys,
            sessions=sessions,
            grants=grants,
            consents=await self._forget_consents(until_ms),
            going_on=await self.store.read(lambda uow: uow.restoring.running_grants()),
        )
        await self.store.write(lambda uow: uow.audit.record(_done(restored)))
        return restored

    async def _begin(self, until_ms: int | None) -> int:
        async def unit(uow: UnitOfWork) -> int:
            now_ms = await uow.now_ms()
            moment = now_ms if until_ms is None else until_ms
            if moment > now_ms:
                text = "That moment is still to come."
                raise ConflictError(text, code="restored_in_future", detail=f"{moment}>{now_ms}")
            await uow.restoring.renew_lists()
            await uow.audit.record(AuditEvent(name=AuditName.RESTORED, details={"until_ms": str(moment)}))
            return moment

        return await self.store.write(unit)

    async def _retire_keys(self, until_ms: int) -> tuple[KeyId, ...]:
        keys, now_ms = await self.keys.all()
        came_back = [each for each in keys if each.published_at_ms <= until_ms and not _is_gone(each, now_ms)]
        for key in came_back:
            await self.keys.retire_compromised(key.kid)
        return tuple(key.kid for key in came_back)

    async def _in_pieces(self, piece: Piece) -> int:
        total, after = 0, ""
        while ended := await self.store.write(lambda uow, after=after: piece(uow, after)):  # type: ignore[misc]
            total, after = total + len(ended), ended[-1]
        return total

    async def _forget_consents(self, until_ms: int) -> int:
        total = 0
        while count := await self.store.write(
            lambda uow: uow.restoring.forget_consents(until_ms=until_ms, limit=BATCH)
        ):
            total += count
        return total


def _is_gone(key: SigningKey, now_ms: int) -> bool:
    return key.stage(now_ms=now_ms) is Stage.GONE


def _sessions(until_ms: int) -> Piece:
    async def piece(uow: UnitOfWork, after: str) -> tuple[str, ...]:
        found = await uow.restoring.sessions(until_ms=until_ms, after=after, limit=BATCH)
        for session_id, user_id in found:
            await end_session(uow, session_id, user_id)
        return tuple(session_id for session_id, _ in found)

    return piece


def _grants(until_ms: int) -> Piece:
    async def piece(uow: UnitOfWork, after: str) -> tuple[str, ...]:
        found = await uow.restoring.grants(until_ms=until_ms, after=after, limit=BATCH)
        for grant_id in found:
            await uow.grants.end(grant_id)
        return found

    return piece


def _done(restored: Restored) -> AuditEvent:
    counts = {"sessions": restored.sessions, "grants": restored.grants, "consents": restored.consents}
    details = {"until_ms": str(restored.until_ms), **{name: str(count) for name, count in counts.items()}}
    return AuditEvent(name=AuditName.RESTORED, details=details)
