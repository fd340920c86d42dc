"""A person signs out: the session ends, and with it every grant, refresh token and running access token under it."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import Refuse, judge, parse
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.rotation_keys import RotationKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """The flow. Any refresh token of the family will do, the newest or one long rotated out: who held it may leave."""

    store: Store
    rotation_keys: RotationKeys

    async def run(self, refresh_token: str, *, source: str) -> None:
        """End the session behind a refresh token; nothing happens where there is none (any more).

        Raises:
            UnavailableError: the database cannot be reached.
        """
        grant_id = await self._proven_grant(refresh_token)
        if grant_id is None:
            return

        async def unit(uow: UnitOfWork) -> None:
            standing = await uow.grants.standing(grant_id)
            if standing is None:
                return
            session_id = standing.grant.session_id
            if session_id is None:
                await uow.grants.end(grant_id)
            else:
                await uow.sessions.end(session_id)
                await uow.grants.end_of_session(session_id)
            event = AuditEvent(
                name=AuditName.SIGNED_OUT, user_id=standing.grant.user_id, grant_id=grant_id, source=source
            )
            await uow.audit.record(event)

        await self.store.write(unit)

    async def _proven_grant(self, text: str) -> GrantId | None:
        try:
            token = parse(text)
        except InvalidGrantError:
            return None
        found = await self.store.read(lambda uow: uow.refresh_tokens.find(token.family))
        if found is None:
            return None
        family, now_ms = found
        standing = await self.store.read(lambda uow: uow.grants.standing(family.grant_id))
        if standing is None:
            return None
        rotation_key = self.rotation_keys.rotation_key(family.key_id)
        lifetimes = standing.client.lifetimes
        verdict = judge(token, family, now_ms=now_ms, rotation_key=rotation_key, lifetimes=lifetimes)
        return None if isinstance(verdict, Refuse) else family.grant_id
