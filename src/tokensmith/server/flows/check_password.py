"""Is this the person's password (decision 10)?

The order is the protection: the attempt is counted and committed, then the password is hashed — a real hash or a
stand-in of equal cost, so that time says nothing about who exists — and only then is anything looked at that depends on
the person.
"""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clock import seconds_until
from tokensmith.server.domain.errors import InvalidCredentialsError, TooManyAttemptsError
from tokensmith.server.domain.passwords import PasswordHasher, normalized
from tokensmith.server.domain.sign_in_attempts import AttemptKeys, Locked, Reserved, attempt_keys
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User, name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPassword:
    """A person who knew their password a moment ago. The transaction that acts on it calls both methods."""

    user: User
    keys: AttemptKeys
    new_hash: str | None

    def __repr__(self) -> str:
        return f"<CheckedPassword of {self.user.id}>"

    async def settle(self, uow: UnitOfWork) -> None:
        """Forget the failures before it, and store the hash in today's form."""
        await uow.sign_in_attempts.succeeded(self.keys)
        if self.new_hash is not None:
            await uow.users.replace_password_hash(self.user.id, password_hash=self.new_hash)

    def check_unchanged(self, now: User | None) -> None:
        """Refuse where the account was switched off or given another password while the password was being hashed.

        What that ended did not include what this transaction writes. Look at the person after writing it: either we
        see the change, or whoever makes it sees what we wrote.

        Raises:
            InvalidCredentialsError: it was.
        """
        if now is None or now.disabled or now.password_hash != (self.new_hash or self.user.password_hash):
            raise InvalidCredentialsError("The user name or the password is wrong.", detail="changed while signing in")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassword:
    """The flow. *attempts_secret* keys the counters of wrong passwords (at least 32 bytes)."""

    store: Store
    hasher: PasswordHasher
    attempts_secret: bytes

    async def run(self, username: str, password: str, *, source: str) -> CheckedPassword:
        """Check a name and a password that came from *source*, the caller's address as the server believes it.

        Raises:
            InvalidRequestError: the name or password cannot be one.
            InvalidCredentialsError: wrong password, unknown name or switched-off account; which, is not told.
            TooManyAttemptsError: the name is locked, from here or altogether.
            UnavailableError: the database or the hashing pool cannot take it now.
        """
        folded = name_key(username)
        normal = normalized(password)
        keys = attempt_keys(secret=self.attempts_secret, name_key=folded, source=source)
        user = await self._reserve(keys, folded)
        right = await self.hasher.verify(normal, user.password_hash if user else None)
        if user is None or user.disabled or not right:
            event = AuditEvent(name=AuditName.SIGN_IN_FAILED, user_id=user.id if user else None, source=source)
            await self.store.write(lambda uow: uow.audit.record(event))
            raise InvalidCredentialsError("The user name or the password is wrong.", detail=f"name={folded!r}")
        return CheckedPassword(user=user, keys=keys, new_hash=await self._rehashed(user, normal))

    async def _reserve(self, keys: AttemptKeys, folded: str) -> User | None:
        async def unit(uow: UnitOfWork) -> tuple[Reserved | Locked, User | None]:
            return await uow.sign_in_attempts.reserve(keys), await uow.users.find_by_name_key(folded)

        reserved, user = await self.store.write(unit)
        if isinstance(reserved, Locked):
            wait = seconds_until(reserved.until_ms, now_ms=reserved.now_ms)
            raise TooManyAttemptsError("Too many attempts; wait.", retry_after_seconds=wait, code="sign_in_locked")
        return user

    async def _rehashed(self, user: User, password: str) -> str | None:
        if user.password_hash is None or not self.hasher.needs_rehash(user.password_hash):
            return None
        return await self.hasher.hash(password)
