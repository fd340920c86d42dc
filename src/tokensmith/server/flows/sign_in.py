"""A person signs in to the first-party client with a name and a password (decision 13)."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidTargetError, OAuthError
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import GrantId, SessionId, random_id
from tokensmith.server.domain.new_families import family_of, first_token
from tokensmith.server.domain.refresh_tokens import RefreshToken
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.rotation_keys import RotationKeyRing
from tokensmith.server.domain.scopes import asked_scopes, effective_scopes, narrowed
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User
from tokensmith.server.flows.check_password import CheckedPassword, CheckPassword
from tokensmith.server.flows.mint import Mint
from tokensmith.server.flows.tokens import TokenAnswer

PASSWORD: tuple[str, ...] = ("pwd",)


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
    """The flow."""

    store: Store
    passwords: CheckPassword
    mint: Mint
    rotation_keys: RotationKeyRing

    async def run(self, request: SignInRequest) -> TokenAnswer:
        """Sign a person in to the first-party client.

        Raises:
            InvalidTargetError, InvalidScopeError: the person proved themselves and may have nothing of what was asked.
            OAuthError: see `CheckPassword.run`.
        """
        checked = await self.passwords.run(request.username, request.password, source=request.source)
        rotation_keys = await self.rotation_keys.holding(())
        start = _Start.fresh(checked.user, key_id=rotation_keys.current_key_id)

        async def unit(uow: UnitOfWork) -> _Begun | OAuthError:
            await checked.settle(uow)
            # This refusal is returned, not raised: the password was right, and a rollback would count it as wrong.
            try:
                resource, scopes = await _what_may_be_had(uow, checked.user, request)
            except OAuthError as error:
                return error
            return await _write_down(uow, start, checked, request, resource=resource, scopes=scopes)

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
    uow: UnitOfWork,
    start: "_Start",
    checked: CheckedPassword,
    request: SignInRequest,
    *,
    resource: Resource,
    scopes: frozenset[str],
) -> _Begun:
    now_ms = await uow.now_ms()
    await uow.sessions.add(start.session(now_ms))
    await uow.grants.add(start.grant(now_ms), audiences={resource.id: scopes})
    place = await uow.status_lists.take(start.grant_id, resource.id)
    standing = await uow.grants.standing(start.grant_id)
    if standing is None:
        raise InvalidTargetError("The grant ended as it began.", code="grant_vanished")
    family = family_of(
        start.refresh_token,
        start.grant_id,
        key_id=start.key_id,
        lifetimes=standing.client.lifetimes,
        key_thumbprint=request.key_thumbprint,
        now_ms=standing.now_ms,
    )
    await uow.refresh_tokens.add(family)
    await uow.audit.record(
        AuditEvent(
            name=AuditName.SIGNED_IN,
            user_id=start.user.id,
            client_id=FIRST_PARTY,
            grant_id=start.grant_id,
            source=request.source,
        )
    )
    checked.check_unchanged(standing.user)
    return _Begun(standing=standing, audience=standing.audiences[0], place=place)


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
        return cls(
            user=user,
            session_id=SessionId(random_id()),
            grant_id=GrantId(random_id()),
            refresh_token=first_token(),
            key_id=key_id,
        )

    def session(self, now_ms: int) -> Session:
        return Session(id=self.session_id, user_id=self.user.id, amr=PASSWORD, signed_in_at_ms=now_ms, ended_at_ms=None)

    def grant(self, now_ms: int) -> Grant:
        return Grant(
            id=self.grant_id,
            client_id=FIRST_PARTY,
            user_id=self.user.id,
            session_id=self.session_id,
            created_at_ms=now_ms,
            ended_at_ms=None,
        )
