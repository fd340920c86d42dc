"""A person signs in to the first-party client with a name and a password (decision 13)."""

from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidTargetError, OAuthError
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import GrantId, SessionId, random_id
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.scopes import asked_scopes, narrowed
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User
from tokensmith.server.flows.check_password import CheckPassword
from tokensmith.server.flows.first_tokens import Begun, FirstTokens
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
class SignIn:
    """The flow."""

    store: Store
    passwords: CheckPassword
    first_tokens: FirstTokens

    async def run(self, request: SignInRequest) -> TokenAnswer:
        """Sign a person in to the first-party client.

        Raises:
            InvalidTargetError, InvalidScopeError: the person proved themselves and may have nothing of what was asked.
            OAuthError: see `CheckPassword.run`.
        """
        checked = await self.passwords.run(request.username, request.password, source=request.source)
        drawn = await self.first_tokens.draw(refreshes=True, key_thumbprint=request.key_thumbprint)
        session_id, grant_id = SessionId(random_id()), GrantId(random_id())

        async def unit(uow: UnitOfWork) -> Begun | OAuthError:
            await checked.settle(uow)
            # This refusal is returned, not raised: the password was right, and a rollback would count it as wrong.
            try:
                resource, scopes = await _what_may_be_had(uow, checked.user, request)
            except OAuthError as error:
                return error
            grant = await _begin_session(uow, checked.user, session_id, grant_id)
            await uow.grants.add(grant, audiences={resource.id: scopes})
            begun = await drawn.begin(uow, grant_id, resource.id)
            await uow.audit.record(_event(grant, request.source))
            checked.check_unchanged(await uow.users.find(checked.user.id))
            if begun is None:
                raise InvalidTargetError("The grant ended as it began.", code="grant_vanished")
            return begun

        begun = await self.store.write(unit)
        if isinstance(begun, OAuthError):
            raise begun
        return await self.first_tokens.answer(begun, drawn, nonce=None)


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


async def _begin_session(uow: UnitOfWork, user: User, session_id: SessionId, grant_id: GrantId) -> Grant:
    now_ms = await uow.now_ms()
    await uow.sessions.add(
        Session(id=session_id, user_id=user.id, amr=PASSWORD, signed_in_at_ms=now_ms, ended_at_ms=None)
    )
    return Grant(
        id=grant_id,
        client_id=FIRST_PARTY,
        user_id=user.id,
        session_id=session_id,
        created_at_ms=now_ms,
        ended_at_ms=None,
    )


def _event(grant: Grant, source: str) -> AuditEvent:
    return AuditEvent(
        name=AuditName.SIGNED_IN,
        user_id=grant.user_id,
        client_id=grant.client_id,
        grant_id=grant.id,
        source=source,
    )
