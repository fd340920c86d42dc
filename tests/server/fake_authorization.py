"""Authorization requests that wait, consents and codes, in memory."""

from dataclasses import replace

from tests.server.fake_people import Scopes
from tests.server.fake_state import State
from tokensmith.server.domain.authorization_codes import REMEMBERED_SECONDS, AuthorizationCode
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.device_requests import DeviceRequest
from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.logout_notices import CLAIM_MS, LogoutNotice
from tokensmith.server.domain.pending_requests import PendingRequest


class FakePendingRequests:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, request: PendingRequest) -> None:
        self._state.pending[request.digest] = request

    async def find(self, digest: bytes) -> PendingRequest | None:
        found = self._state.pending.get(digest)
        return found if found and found.expires_at_ms > self._state.now_ms else None

    async def claim(self, digest: bytes, *, browser_digest: bytes, until_ms: int) -> bool:
        found = await self.find(digest)
        if found is None or found.browser_digest not in (None, browser_digest):
            return False
        self._state.pending[digest] = replace(found, browser_digest=browser_digest, expires_at_ms=until_ms)
        return True

    async def remove(self, digest: bytes) -> bool:
        return self._state.pending.pop(digest, None) is not None

    async def sweep(self, *, limit: int) -> int:
        over = [key for key, held in self._state.pending.items() if held.expires_at_ms <= self._state.now_ms][:limit]
        for key in over:
            del self._state.pending[key]
        return len(over)


class FakeDeviceRequests:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, request: DeviceRequest) -> bool:
        if any(held.user_code == request.user_code for held in self._state.devices.values()):
            return False
        self._state.devices[request.digest] = request
        return True

    async def find(self, digest: bytes) -> DeviceRequest | None:
        return self._state.devices.get(digest)

    async def find_by_user_code(self, user_code: str) -> DeviceRequest | None:
        found = [held for held in self._state.devices.values() if held.user_code == user_code and self._is_open(held)]
        return found[0] if found else None

    def _is_open(self, held: DeviceRequest) -> bool:
        return held.grant_id is None and not held.denied and held.expires_at_ms > self._state.now_ms

    async def polled(self, digest: bytes, *, interval_seconds: int, next_poll_ms: int) -> None:
        held = self._state.devices[digest]
        self._state.devices[digest] = replace(held, interval_seconds=interval_seconds, next_poll_ms=next_poll_ms)

    async def answer(self, digest: bytes, *, grant_id: GrantId | None, resource_id: ResourceId | None) -> bool:
        held = self._state.devices.get(digest)
        if held is None or not self._is_open(held):
            return False
        given = replace(held, grant_id=grant_id, resource_id=resource_id, denied=grant_id is None)
        self._state.devices[digest] = given
        return True

    async def remove(self, digest: bytes) -> bool:
        return self._state.devices.pop(digest, None) is not None

    async def sweep(self, *, limit: int) -> int:
        over = [key for key, held in self._state.devices.items() if held.expires_at_ms <= self._state.now_ms][:limit]
        for key in over:
            del self._state.devices[key]
        return len(over)


class FakeLogoutNotices:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, notice: LogoutNotice) -> None:
        self._put(notice)

    def _put(self, notice: LogoutNotice) -> LogoutNotice:
        self._state.notices[notice.id] = (notice, self._state.now_ms)
        return notice

    async def listening(self, session_id: SessionId) -> tuple[Client, ...]:
        ids = sorted({grant.client_id for grant in self._state.grants.values() if grant.session_id == session_id})
        found = [self._state.clients[client_id] for client_id in ids]
        return tuple(client for client in found if client.registration.backchannel_logout_uri is not None)

    async def claim(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        now_ms = self._state.now_ms
        due = [(notice.due_at_ms, notice) for notice, _ in self._state.notices.values() if notice.due_at_ms is not None]
        chosen = [notice for moment, notice in sorted(due, key=lambda each: each[0]) if moment <= now_ms][:limit]
        return tuple(
            self._put(replace(notice, attempts=notice.attempts + 1, due_at_ms=now_ms + CLAIM_MS)) for notice in chosen
        )

    async def done(self, notice_id: str, *, error: str | None, due_at_ms: int | None) -> None:
        notice, _ = self._state.notices[notice_id]
        self._put(replace(notice, error=error, due_at_ms=due_at_ms))

    async def latest(self, *, limit: int) -> tuple[LogoutNotice, ...]:
        newest = sorted(self._state.notices.values(), key=lambda each: (-each[1], each[0].id))
        return tuple(notice for notice, _ in newest)[:limit]

    async def sweep(self, *, limit: int) -> int:
        oldest_ms = self._state.now_ms - KEPT_MS
        held = self._state.notices.values()
        over = [each.id for each, changed_at_ms in held if each.due_at_ms is None and changed_at_ms <= oldest_ms]
        for notice_id in over[:limit]:
            del self._state.notices[notice_id]
        return len(over[:limit])


class FakeConsents:
    def __init__(self, state: State) -> None:
        self._state = state

    async def given(self, user_id: UserId, client_id: ClientId) -> Scopes:
        return dict(self._state.consents.get((user_id, client_id), {}))

    async def give(self, user_id: UserId, client_id: ClientId, scopes: dict[ResourceId, frozenset[str]]) -> None:
        held = await self.given(user_id, client_id)
        more = {key: held.get(key, frozenset()) | names for key, names in scopes.items() if names}
        self._state.consents[user_id, client_id] = held | more
        for resource_id, names in scopes.items():
            for name in names:
                self._state.consented_at.setdefault((user_id, client_id, resource_id, name), self._state.now_ms)

    async def withdraw(self, user_id: UserId, client_id: ClientId) -> None:
        self._state.consents.pop((user_id, client_id), None)
        for key in [key for key in self._state.consented_at if key[:2] == (user_id, client_id)]:
            del self._state.consented_at[key]


class FakeAuthorizationCodes:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, code: AuthorizationCode) -> None:
        self._state.codes[code.digest] = code

    async def find(self, digest: bytes) -> AuthorizationCode | None:
        return self._state.codes.get(digest)

    async def consume(self, digest: bytes) -> bool:
        found, now_ms = self._state.codes.get(digest), self._state.now_ms
        if found is None or found.consumed_at_ms is not None or found.expires_at_ms <= now_ms:
            return False
        self._state.codes[digest] = replace(found, consumed_at_ms=now_ms)
        return True

    async def sweep(self, *, limit: int) -> int:
        oldest_ms = self._state.now_ms - REMEMBERED_SECONDS * MILLISECONDS
        over = [key for key, code in self._state.codes.items() if code.expires_at_ms <= oldest_ms][:limit]
        for key in over:
            del self._state.codes[key]
        return len(over)
