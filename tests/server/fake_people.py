"""Users, clients, resources and sessions in memory."""

from collections.abc import Mapping
from dataclasses import replace

from tests.server.fake_state import State
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId, ResourceId, SessionId, UserId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.users import User

Scopes = dict[ResourceId, frozenset[str]]


def with_scopes(held: Scopes, resource_id: ResourceId, scopes: frozenset[str]) -> Scopes:
    """Put *scopes* in the place of what was held at the resource; nothing held is no entry."""
    return {key: value for key, value in (held | {resource_id: scopes}).items() if value}


class FakeUsers:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, user: User, *, key: str) -> None:
        if key in self._state.user_keys:
            raise ConflictError("That user name is taken.", code="user_exists", detail=key)
        self._state.user_keys[key] = user.id
        self._state.users[user.id] = user

    async def find(self, user_id: UserId) -> User | None:
        return self._state.users.get(user_id)

    async def hold(self, user_id: UserId) -> User | None:
        return await self.find(user_id)

    async def find_by_name_key(self, key: str) -> User | None:
        user_id = self._state.user_keys.get(key)
        return self._state.users[user_id] if user_id else None

    async def replace_password_hash(self, user_id: UserId, *, password_hash: str) -> None:
        self._change(user_id, password_hash=password_hash)

    async def set_profile(self, user_id: UserId, profile: Mapping[str, JsonValue]) -> None:
        self._change(user_id, profile=dict(profile))

    async def set_disabled(self, user_id: UserId, *, disabled: bool) -> None:
        self._change(user_id, disabled=disabled)

    def _change(self, user_id: UserId, **changes: object) -> None:
        if user_id in self._state.users:
            self._state.users[user_id] = replace(self._state.users[user_id], **changes)  # type: ignore[arg-type]

    async def allow(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        held = await self.scopes(user_id)
        more = held.get(resource_id, frozenset()) | scopes
        self._state.user_scopes[user_id] = with_scopes(held, resource_id, more)

    async def forbid(self, user_id: UserId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        held = await self.scopes(user_id)
        fewer = held.get(resource_id, frozenset()) - scopes
        self._state.user_scopes[user_id] = with_scopes(held, resource_id, fewer)

    async def scopes(self, user_id: UserId) -> Scopes:
        return dict(self._state.user_scopes.get(user_id, {}))

    async def how_many_have(self, resource_id: ResourceId, scope: str) -> int:
        return sum(scope in held.get(resource_id, ()) for held in self._state.user_scopes.values())


class FakeClients:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, client: Client, *, created_at_ms: int) -> None:
        if client.id in self._state.clients:
            raise ConflictError("That client id is taken.", code="client_exists", detail=client.id)
        self._state.clients[client.id] = client

    async def find(self, client_id: ClientId) -> Client | None:
        return self._state.clients.get(client_id)

    async def hold(self, client_id: ClientId) -> Client | None:
        return await self.find(client_id)

    async def update(self, client: Client) -> None:
        held = self._state.clients.get(client.id)
        if held is not None:
            self._state.clients[client.id] = replace(client, secret_digests=held.secret_digests)

    async def replace_secrets(self, client_id: ClientId, digests: tuple[bytes, ...]) -> None:
        held = self._state.clients.get(client_id)
        if held is not None:
            self._state.clients[client_id] = replace(held, secret_digests=digests)

    async def all(self) -> tuple[Client, ...]:
        return tuple(sorted(self._state.clients.values(), key=lambda client: client.id))

    async def allow(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        held = await self.scopes(client_id)
        more = held.get(resource_id, frozenset()) | scopes
        self._state.client_scopes[client_id] = with_scopes(held, resource_id, more)

    async def forbid(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        held = await self.scopes(client_id)
        fewer = held.get(resource_id, frozenset()) - scopes
        self._state.client_scopes[client_id] = with_scopes(held, resource_id, fewer)

    async def scopes(self, client_id: ClientId) -> Scopes:
        return dict(self._state.client_scopes.get(client_id, {}))


class FakeResources:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, resource: Resource) -> None:
        if await self.find_by_audience(resource.audience) is not None:
            raise ConflictError("That audience is taken.", code="resource_exists", detail=resource.audience)
        self._state.resources[resource.id] = resource

    async def put(self, resource: Resource) -> None:
        self._state.resources[resource.id] = resource

    async def find(self, resource_id: ResourceId) -> Resource | None:
        return self._state.resources.get(resource_id)

    async def find_by_audience(self, audience: str) -> Resource | None:
        return next((each for each in self._state.resources.values() if each.audience == audience), None)

    async def all(self) -> tuple[Resource, ...]:
        return tuple(sorted(self._state.resources.values(), key=lambda resource: resource.audience))

    async def served_by(self, client_id: ClientId) -> tuple[Resource, ...]:
        return tuple(resource for resource in await self.all() if resource.client_id == client_id)


class FakeSessions:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, session: Session) -> None:
        self._state.sessions[session.id] = session

    async def find(self, session_id: SessionId) -> Session | None:
        return self._state.sessions.get(session_id)

    async def find_by_secret(self, secret_digest: bytes) -> Session | None:
        return next((each for each in self._state.sessions.values() if each.secret_digest == secret_digest), None)

    async def renew(self, session: Session) -> bool:
        held = self._state.sessions.get(session.id)
        if held is None or held.ended_at_ms is not None or held.user_id != session.user_id:
            return False
        self._state.sessions[session.id] = replace(session, seen_at_ms=session.signed_in_at_ms)
        return True

    async def seen(self, session_id: SessionId) -> None:
        held = self._state.sessions.get(session_id)
        if held is not None and held.ended_at_ms is None:
            self._state.sessions[session_id] = replace(held, seen_at_ms=self._state.now_ms)

    async def running_of(self, user_id: UserId) -> tuple[SessionId, ...]:
        sessions = self._state.sessions.values()
        return tuple(sorted(each.id for each in sessions if each.user_id == user_id and each.ended_at_ms is None))

    async def end(self, session_id: SessionId) -> bool:
        held = self._state.sessions.get(session_id)
        if held is None or held.ended_at_ms is not None:
            return False
        self._state.sessions[session_id] = replace(held, ended_at_ms=self._state.now_ms)
        return True
