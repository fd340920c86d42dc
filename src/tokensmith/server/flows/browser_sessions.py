"""Who is signed in at this browser, and how a sign-in by password makes it so (ASVS 7.2, 7.3; RFC 9700 §4.16).

The browser shows a random secret, and the database holds its digest. Every proof of who somebody is changes the secret,
so whoever planted or learned an earlier one holds nothing.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Final

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.ids import SessionId, random_id
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.stored_secrets import SECRET_BYTES, digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User
from tokensmith.server.flows.check_password import CheckedPassword, CheckPassword
from tokensmith.server.flows.end_sessions import end_session
from tokensmith.server.flows.sign_in import PASSWORD

# Often enough to show somebody where they were last seen, and no write for each page.
SEEN_EVERY_MS: Final = 5 * 60 * MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in at a browser, at *now_ms* of the database."""

    session: Session
    user: User
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How long a browser stays signed in, in seconds: without coming back, and whatever happens."""

    idle: int
    absolute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSessions:
    """The flow."""

    store: Store
    passwords: CheckPassword
    rules: SessionRules

    async def find(self, secret: str | None) -> SignedIn | None:
        """Return who is signed in at the browser that shows *secret*; None for nobody (any more).

        Raises:
            UnavailableError: the database cannot be reached.
        """
        if secret is None:
            return None
        found = await self.store.read(lambda uow: self._running(uow, digest(secret)))
        if found is not None and found.now_ms - (found.session.seen_at_ms or 0) >= SEEN_EVERY_MS:
            session_id = found.session.id
            await self.store.write(lambda uow: uow.sessions.seen(session_id))
        return found

    async def sign_in(self, username: str, password: str, *, secret: str | None, source: str) -> str:
        """Sign a person in at a browser and return the secret that it shows from now on.

        Args:
            secret: What it shows now. Who is signed in with it stays in that session, with a new proof; whoever else
                was is signed out: one browser, one person.

        Raises:
            OAuthError: see `CheckPassword.run`.
        """
        checked = await self.passwords.run(username, password, source=source)
        new_secret, session_id = secrets.token_urlsafe(SECRET_BYTES), SessionId(random_id())

        async def unit(uow: UnitOfWork) -> None:
            await checked.settle(uow)
            before = await uow.sessions.find_by_secret(digest(secret)) if secret else None
            session = await self._session(uow, checked, session_id, new_secret)
            await _replace(uow, before, session)
            event = AuditEvent(name=AuditName.SIGNED_IN, user_id=session.user_id, source=source)
            await uow.audit.record(replace(event, details={"session": session.id}))
            checked.check_unchanged(await uow.users.find(session.user_id))

        await self.store.write(unit)
        return new_secret

    async def end(self, secret: str | None, *, source: str) -> None:
        """Sign the browser out: its session ends, and every grant that was not to outlive it."""
        if secret is None:
            return

        async def unit(uow: UnitOfWork) -> None:
            session = await uow.sessions.find_by_secret(digest(secret))
            if session is None or not await end_session(uow, session.id, session.user_id):
                return
            event = AuditEvent(name=AuditName.SIGNED_OUT, user_id=session.user_id, source=source)
            await uow.audit.record(replace(event, details={"session": session.id}))

        await self.store.write(unit)

    async def _running(self, uow: UnitOfWork, secret_digest: bytes) -> SignedIn | None:
        session, now_ms = await uow.sessions.find_by_secret(secret_digest), await uow.now_ms()
        if session is None or not self.is_running(session, now_ms=now_ms):
            return None
        user = await uow.users.find(session.user_id)
        if user is None or user.disabled:
            return None
        return SignedIn(session=session, user=user, now_ms=now_ms)

    def is_running(self, session: Session, *, now_ms: int) -> bool:
        """Tell whether a session goes on: not ended, not too old, not unseen for too long."""
        if session.ended_at_ms is not None or session.expires_at_ms is None or session.seen_at_ms is None:
            return False
        return now_ms < min(session.expires_at_ms, session.seen_at_ms + self.rules.idle * MILLISECONDS)

    async def _session(self, uow: UnitOfWork, checked: CheckedPassword, session_id: SessionId, secret: str) -> Session:
        now_ms = await uow.now_ms()
        return Session(
            id=session_id,
            user_id=checked.user.id,
            amr=PASSWORD,
            signed_in_at_ms=now_ms,
            ended_at_ms=None,
            secret_digest=digest(secret),
            seen_at_ms=now_ms,
            expires_at_ms=now_ms + self.rules.absolute * MILLISECONDS,
        )


async def _replace(uow: UnitOfWork, before: Session | None, session: Session) -> None:
    if before is not None and await uow.sessions.renew(replace(session, id=before.id)):
        return
    if before is not None:
        await end_session(uow, before.id, before.user_id)
    await uow.sessions.add(session)
