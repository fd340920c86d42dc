"""What a restored backup brought back, in memory."""

from tests.server.fake_state import State
from tokensmith.server.domain.ids import GrantId, SessionId, UserId


class FakeRestoring:
    def __init__(self, state: State) -> None:
        self._state = state

    async def sessions(self, *, until_ms: int, after: str, limit: int) -> tuple[tuple[SessionId, UserId], ...]:
        running = [each for each in self._state.sessions.values() if each.ended_at_ms is None]
        found = sorted((each.id, each.user_id) for each in running if each.signed_in_at_ms <= until_ms)
        return tuple(each for each in found if each[0] > after)[:limit]

    async def grants(self, *, until_ms: int, after: str, limit: int) -> tuple[GrantId, ...]:
        running = [each for each in self._state.grants.values() if each.ended_at_ms is None and each.id > after]
        began = {each.id: min(each.created_at_ms, each.signed_in_at_ms or each.created_at_ms) for each in running}
        return tuple(sorted(each for each, moment in began.items() if moment <= until_ms)[:limit])

    async def forget_consents(self, *, until_ms: int, limit: int) -> int:
        old = [key for key, moment in self._state.consented_at.items() if moment <= until_ms][:limit]
        for key in old:
            user_id, client_id, resource_id, scope = key
            del self._state.consented_at[key]
            held = self._state.consents[user_id, client_id]
            left = {each: names - {scope} if each == resource_id else names for each, names in held.items()}
            self._state.consents[user_id, client_id] = {each: names for each, names in left.items() if names}
        return len(old)

    async def running_grants(self) -> int:
        return sum(each.ended_at_ms is None for each in self._state.grants.values())

    async def renew_lists(self) -> None:
        for list_id, version in self._state.versions.items():
            self._state.versions[list_id] = max(version + 1, self._state.now_ms)
