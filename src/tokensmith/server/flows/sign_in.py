"""A person signs in with a name and a password (decisions 10 and 13).

The order is the protection: the attempt is counted and committed, then the password is hashed — a real hash or a
stand-in of equal cost, so that time says nothing about who exists — and only then is anything looked at that depends on
the person.
"""

import secrets
from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.clock import MILLISECONDS, seconds_until
from tokensmith.server.domain.errors import (
    InvalidCredentialsError,
    InvalidTargetError,
    OAuthError,
    TooManyAttemptsError,
)
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import GrantId, SessionId, random_id
from tokensmith.server.domain.passwords import PasswordHasher, normalized
from tokensmith.server.domain.refresh_tokens import FAMILY_BYTES, SECRET_BYTES, Family, RefreshToken
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.scopes import asked_scopes, effective_scopes, narrowed
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.sign_in_attempts import AttemptKeys, Locked, Reserved, attempt_keys
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User, name_key
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.tokens import TokenAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """What a sign-in form sends.

    *source* is the caller's network address as the server believes it; *key_thumbprint* names the key that the caller
    proved to hold, to which the tokens are bound.
    """

    username: str
    password: str
    resource: str | None
    scope: str | None
    source: str
    key_thumbprint: str | None

    def __repr__(self) -> str:
        return f"<SignInRequest from {self.source}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A sign-in that was written down: what the mint needs to make the answer."""

    standing: Standing
    audience: GrantedAudience
    place: StatusPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The flow. *attempts_secret* keys the counters of wrong passwords (at least 32 bytes)."""

    store: Store
    hasher: PasswordHasher
    mint: Mint
    rotation_keys: RotationKeyRing
    attempts_secret: bytes

    async def run(self, request: SignInRequest) -> TokenAnswer:
        """Sign a person in to the first-party client.

        Raises:
            InvalidRequestError: the name or password cannot be one.
            InvalidCredentialsError: wrong password, unknown name or switched-off account; which, is not told.
            TooManyAttemptsError: the name is locked, from here or altogether.
            InvalidTargetError, InvalidScopeError: the person proved themselves and may have nothing of what was asked.
            UnavailableError: the database or the hashing pool cannot take it now.
        """
        folded = name_key(request.username)
        password = normalized(request.password)
        keys = attempt_keys(secret=self.attempts_secret, name_key=folded, source=request.source)
        user = await self._reserve(keys, folded)
        right = await self.hasher.verify(password, user.password_hash if user else None)
        if user is None or user.disabled or not right:
            await self._record_failure(user, request)
            raise InvalidCredentialsError("The user name or the password is wrong.", detail=f"name={folded!r}")
        new_hash = await self._rehashed(user, password)
        return await self._begin(user, request, keys, new_hash)

    async def _reserve(self, keys: AttemptKeys, folded: str) -> User | None:
        async def unit(uow: UnitOfWork) -> tuple[Reserved | Locked, User | None]:
            return await uow.sign_in_attempts.reserve(keys), await uow.users.find_by_name_key(folded)

        reserved, user = await self.store.write(unit)
        if isinstance(reserved, Locked):
            wait = seconds_until(reserved.until_ms, now_ms=reserved.now_ms)
            raise TooManyAttemptsError("Too many attempts; wait.", retry_after_seconds=wait, code="sign_in_locked")
        return user

    async def _record_failure(self, user: User | None, request: SignInRequest) -> None:
        event = AuditEvent(name=AuditName.SIGN_IN_FAILED, user_id=user.id if user else None, source=request.source)
        await self.store.write(lambda uow: uow.audit.record(event))

    async def _rehashed(self, user: User, password: str) -> str | None:
        if user.password_hash is None or not self.hasher.needs_rehash(user.password_hash):
            return None
        return await self.hasher.hash(password)

    async def _begin(self, user: User, request: SignInRequest, keys: AttemptKeys, new_hash: str | None) -> TokenAnswer:
        rotation_keys = await self.rotation_keys.holding(())
        start = _Start.fresh(user, key_id=rotation_keys.current_key_id)

        async def unit(uow: UnitOfWork) -> _Begun | OAuthError:
            await uow.sign_in_attempts.succeeded(keys)
            if new_hash is not None:
                await uow.users.replace_password_hash(user.id, password_hash=new_hash)
            # This refusal is returned, not raised: the password was right, and a rollback would count it as wrong.
            try:
                resource, scopes = await _what_may_be_had(uow, user, request)
            except OAuthError as error:
                return error
            begun = await self._write_down(uow, start, resource, scopes, request)
            _check_unchanged(begun.standing.user, user, new_hash)
            return begun

        begun = await self.store.write(unit)
        if isinstance(begun, OAuthError):
            raise begun
        return await self.mint.answer(
            begun.standing,
            begun.audience,
            scopes=effective_scopes(begun.standing, begun.audience, scope=None),
            place=begun.place,
            refresh_token=str(start.refresh_token),
            key_thumbprint=request.key_thumbprint,
        )

    async def _write_down(
        self, uow: UnitOfWork, start: "_Start", resource: Resource, scopes: frozenset[str], request: SignInRequest
    ) -> _Begun:
        now_ms = await uow.now_ms()
        await uow.sessions.add(start.session(now_ms))
        await uow.grants.add(start.grant(now_ms), audiences={resource.id: scopes})
        place = await uow.status_lists.take(start.grant_id, resource.id)
        standing = await uow.grants.standing(start.grant_id)
        if standing is None:
            raise InvalidTargetError("The grant ended as it began.", code="grant_vanished")
        await uow.refresh_tokens.add(start.family(standing, key_thumbprint=request.key_thumbprint))
        await uow.audit.record(
            AuditEvent(
                name=AuditName.SIGNED_IN,
                user_id=start.user.id,
                client_id=FIRST_PARTY,
                grant_id=start.grant_id,
                source=request.source,
            )
        )
        return _Begun(standing=standing, audience=standing.audiences[0], place=place)


def _check_unchanged(now: User | None, checked: User, new_hash: str | None) -> None:
    # While the password was being hashed, the account may have been switched off or given another password; what that
    # ended did not include a grant that was not there yet. The grant is there now, so either we see the change, or
    # whoever makes it sees the grant.
    if now is None or now.disabled or now.password_hash != (new_hash or checked.password_hash):
        raise InvalidCredentialsError("The user name or the password is wrong.", detail="changed while signing in")


async def _what_may_be_had(uow: UnitOfWork, user: User, request: SignInRequest) -> tuple[Resource, frozenset[str]]:
    client = await uow.clients.find(FIRST_PARTY)
    resource: Resource | None = None
    if request.resource is not None:
        resource = await uow.resources.find_by_audience(request.resource)
    elif client is not None and client.default_resource_id is not None:
        resource = await uow.resources.find(client.default_resource_id)
    if client is None or client.disabled or resource is None:
        raise InvalidTargetError("No such resource.", detail=f"asked {request.resource!r}")
    may_ask = (await uow.clients.scopes(FIRST_PARTY)).get(resource.id, frozenset())
    has = (await uow.users.scopes(user.id)).get(resource.id, frozenset())
    return resource, narrowed(asked_scopes(request.scope), allowed=may_ask & has)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Everything random of one sign-in, drawn before the unit of work so that the unit can run twice."""

    user: User
    session_id: SessionId
    grant_id: GrantId
    refresh_token: RefreshToken
    key_id: str

    @classmethod
    def fresh(cls, user: User, *, key_id: str) -> "_Start":
        token = RefreshToken(
            family=secrets.token_bytes(FAMILY_BYTES), generation=0, secret=secrets.token_bytes(SECRET_BYTES)
        )
        return cls(
            user=user,
            session_id=SessionId(random_id()),
            grant_id=GrantId(random_id()),
            refresh_token=token,
            key_id=key_id,
        )

    def session(self, now_ms: int) -> Session:
        return Session(id=self.session_id, user_id=self.user.id, amr=("pwd",), signed_in_at_ms=now_ms, ended_at_ms=None)

    def grant(self, now_ms: int) -> Grant:
        return Grant(
            id=self.grant_id,
            client_id=FIRST_PARTY,
            user_id=self.user.id,
            session_id=self.session_id,
            created_at_ms=now_ms,
            ended_at_ms=None,
        )

    def family(self, standing: Standing, *, key_thumbprint: str | None) -> Family:
        lifetimes = standing.client.lifetimes
        return Family(
            family=self.refresh_token.family,
            grant_id=self.grant_id,
            generation=0,
            secret_digest=digest(self.refresh_token.secret),
            key_id=self.key_id,
            rotated_at_ms=(standing.now_ms,),
            idle_expires_at_ms=standing.now_ms + min(lifetimes.refresh_idle, lifetimes.refresh_absolute) * MILLISECONDS,
            absolute_expires_at_ms=standing.now_ms + lifetimes.refresh_absolute * MILLISECONDS,
            ended_at_ms=None,
            key_thumbprint=key_thumbprint,
        )
