"""A person signs out: the session ends, and with it every grant, refresh token and running access token under it."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.refresh_tokens import Refuse, parse
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.end_sessions import end_session
from tokensmith.server.flows.presented_refresh import look_up


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """The flow. Any refresh token of the family will do, the newest or one long rotated out: who held it may leave."""

    store: Store
    rotation_keys: RotationKeyRing

    async def run(self, refresh_token: str, *, source: str) -> None:
        """End the session behind a refresh token; nothing happens where there is none (any more).

        Raises:
            UnavailableError: the database cannot be reached.
        """
        try:
            token = parse(refresh_token)
        except InvalidGrantError:
            return
        presented = await look_up(self.store, self.rotation_keys, token)
        if presented is None or isinstance(presented.verdict, Refuse):
            return
        grant = presented.standing.grant

        async def unit(uow: UnitOfWork) -> None:
            if grant.session_id is None or grant.user_id is None:
                await uow.grants.end(grant.id)
            else:
                await end_session(uow, grant.session_id, grant.user_id)
            event = AuditEvent(name=AuditName.SIGNED_OUT, user_id=grant.user_id, grant_id=grant.id, source=source)
            await uow.audit.record(event)

        await self.store.write(unit)
