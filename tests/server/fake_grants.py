"""Grants, refresh families and places in status lists, in memory."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.server.fake_state import Bit, Reach, State
from tokensmith.server.domain.authorization_details import Details
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.forgetting import KEPT_MS
from tokensmith.server.domain.grants import NO_DETAILS, Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.refresh_tokens import Family
from tokensmith.server.domain.status_lists import (
    CLEARED_FOR_SECONDS,
    LIST_SIZE,
    SET_FOR_SECONDS,
    StatusPlace,
    StatusVersion,
)


class FakeGrants:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(
        self,
        grant: Grant,
        *,
        audiences: dict[ResourceId, frozenset[str]],
        details: Mapping[ResourceId, Details] = NO_DETAILS,
    ) -> None:
        self._state.grants[grant.id] = grant
        for resource_id, scopes in audiences.items():
            self._state.reaches[grant.id, resource_id] = Reach(scopes, details=details.get(resource_id, ()))

    async def standing(self, grant_id: GrantId) -> Standing | None:
        state = self._state
        grant = state.grants.get(grant_id)
        if grant is None:
            return None
        session = state.sessions[grant.session_id] if grant.session_id else None
        return Standing(
            grant=grant,
            client=state.clients[grant.client_id],
            user=state.users[grant.user_id] if grant.user_id else None,
            amr=(session.amr if session else ()) if grant.amr is None else grant.amr,
            signed_in_at_ms=grant.signed_in_at_ms or (session.signed_in_at_ms if session else None),
            audiences=self._audiences(grant_id),
            user_scopes=dict(state.user_scopes.get(grant.user_id, {})) if grant.user_id else {},
            client_scopes=dict(state.client_scopes.get(grant.client_id, {})),
            now_ms=state.now_ms,
        )

    def _audiences(self, grant_id: GrantId) -> tuple[GrantedAudience, ...]:
        found = (
            GrantedAudience(
                resource=self._state.resources[resource_id],
                scopes=reach.scopes,
                place=reach.place,
                details=reach.details,
            )
            for (holder, resource_id), reach in self._state.reaches.items()
            if holder == grant_id
        )
        return tuple(sorted(found, key=lambda audience: audience.resource.audience))

    async def standing_of_client_itself(self, client_id: ClientId) -> Standing | None:
        grant_id = await self.of_client_itself(client_id)
        return await self.standing(grant_id) if grant_id else None

    async def of_client_itself(self, client_id: ClientId) -> GrantId | None:
        running = self._running(lambda grant: grant.client_id == client_id and grant.user_id is None)
        return min(running, key=lambda grant: (grant.created_at_ms, grant.id)).id if running else None

    async def by_assertion(self, client_id: ClientId, user_id: UserId) -> GrantId | None:
        running = self._running(
            lambda grant: (
                (grant.client_id, grant.user_id, grant.session_id, grant.offline) == (client_id, user_id, None, False)
            )
        )
        return min(running, key=lambda grant: (grant.created_at_ms, grant.id)).id if running else None

    async def add_audience(self, grant_id: GrantId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        self._state.reaches.setdefault((grant_id, resource_id), Reach(scopes))

    async def end(self, grant_id: GrantId) -> bool:
        return self._end(lambda grant: grant.id == grant_id) == 1

    async def end_of_session(self, session_id: SessionId) -> int:
        return self._end(lambda grant: grant.session_id == session_id and not grant.offline)

    async def end_of_user(self, user_id: UserId) -> int:
        return self._end(lambda grant: grant.user_id == user_id)

    async def end_of_client(self, client_id: ClientId) -> int:
        return self._end(lambda grant: grant.client_id == client_id)

    async def expire_tokens(self, grant_id: GrantId) -> None:
        self._give_up(lambda holder, _: holder == grant_id)

    async def expire_tokens_of_user(self, user_id: UserId, *, resource_id: ResourceId) -> int:
        running = {grant.id for grant in self._running(lambda grant: grant.user_id == user_id)}
        return self._give_up(lambda holder, reached: holder in running and reached == resource_id)

    async def expire_tokens_of_client(self, client_id: ClientId, *, resource_id: ResourceId) -> int:
        running = {grant.id for grant in self._running(lambda grant: grant.client_id == client_id)}
        return self._give_up(lambda holder, reached: holder in running and reached == resource_id)

    async def lasts(self, grant_id: GrantId, *, until_ms: int | None) -> None:
        self._state.grants[grant_id] = replace(self._state.grants[grant_id], expires_at_ms=until_ms)

    async def end_expired(self, *, limit: int) -> int:
        alone = self._running(lambda grant: grant.expires_at_ms is not None)
        due = sorted((grant.expires_at_ms or 0, grant.id) for grant in alone)
        past = {grant_id for moment, grant_id in due if moment <= self._state.now_ms}
        chosen = set(list(past)[:limit])
        return self._end(lambda grant: grant.id in chosen) + self._end_families(limit=limit - len(chosen))

    def _end_families(self, *, limit: int) -> int:
        now_ms, families = self._state.now_ms, self._state.families.values()
        over = [each for each in families if each.ended_at_ms is None and each.idle_expires_at_ms <= now_ms]
        over.sort(key=lambda family: family.idle_expires_at_ms)
        ids = {family.grant_id for family in over[:limit]}
        return self._end(lambda grant: grant.id in ids)

    def _running(self, chosen: Callable[[Grant], bool]) -> list[Grant]:
        return [grant for grant in self._state.grants.values() if grant.ended_at_ms is None and chosen(grant)]

    def _end(self, chosen: Callable[[Grant], bool]) -> int:
        ended = {grant.id for grant in self._running(chosen)}
        for grant_id in ended:
            self._state.grants[grant_id] = replace(self._state.grants[grant_id], ended_at_ms=self._state.now_ms)
        for key, family in self._state.families.items():
            if family.grant_id in ended and family.ended_at_ms is None:
                self._state.families[key] = replace(family, ended_at_ms=self._state.now_ms)
        self._give_up(lambda holder, _: holder in ended)
        return len(ended)

    def _give_up(self, chosen: Callable[[GrantId, ResourceId], bool]) -> int:
        given_up = [key for key, reach in self._state.reaches.items() if reach.place is not None and chosen(*key)]
        until_ms = self._state.now_ms + SET_FOR_SECONDS * MILLISECONDS
        places = [self._state.reaches[key].place for key in given_up]
        for key, place in zip(given_up, places, strict=True):
            self._state.reaches[key] = replace(self._state.reaches[key], place=None)
            self._state.bits[place] = Bit(key[0], revoked=True, until_ms=until_ms)  # type: ignore[index]
        for list_id in {place.list_id for place in places if place is not None}:
            self._state.versions[list_id] += 1
        return len(given_up)


class FakeRefreshTokens:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, family: Family) -> None:
        self._state.families[family.family] = family

    async def find(self, family: bytes) -> tuple[Family, int] | None:
        found = self._state.families.get(family)
        return (found, self._state.now_ms) if found else None

    async def advance(self, family: Family, *, from_generation: int, from_digest: bytes) -> bool:
        held = self._state.families.get(family.family)
        if held is None or held.ended_at_ms is not None:
            return False
        if (held.generation, held.secret_digest) != (from_generation, from_digest):
            return False
        self._state.families[family.family] = replace(
            held,
            generation=family.generation,
            secret_digest=family.secret_digest,
            rotated_at_ms=family.rotated_at_ms,
            idle_expires_at_ms=family.idle_expires_at_ms,
            key_thumbprint=family.key_thumbprint,
            key_id=family.key_id,
            earlier_keys=family.earlier_keys,
        )
        return True


class FakeStatusLists:
    def __init__(self, state: State) -> None:
        self._state = state

    async def take(self, grant_id: GrantId, resource_id: ResourceId) -> StatusPlace:
        grant, reach = self._state.grants.get(grant_id), self._state.reaches.get((grant_id, resource_id))
        if grant is None or grant.ended_at_ms is not None or reach is None:
            raise InvalidGrantError("The grant has ended.", code="grant_ended", detail=f"{grant_id} at {resource_id}")
        if reach.place is not None:
            return reach.place
        self._state.versions.setdefault(1, 1)
        place = StatusPlace(list_id=1, index=secrets.randbelow(LIST_SIZE))
        while place in self._state.bits:
            place = StatusPlace(list_id=1, index=secrets.randbelow(LIST_SIZE))
        self._state.bits[place] = Bit(grant_id)
        self._state.reaches[grant_id, resource_id] = replace(reach, place=place)
        return place

    async def version(self, list_id: int) -> StatusVersion | None:
        version = self._state.versions.get(list_id)
        return StatusVersion(list_id=list_id, version=version, now_ms=self._state.now_ms) if version else None

    async def revoked_indexes(self, list_id: int) -> tuple[int, ...]:
        return tuple(place.index for place, bit in self._state.bits.items() if bit.revoked and place.list_id == list_id)

    async def list_ids(self) -> tuple[int, ...]:
        return tuple(sorted(self._state.versions))

    async def versions(self) -> dict[int, int]:
        return dict(self._state.versions)

    async def holder(self, place: StatusPlace) -> GrantId | None:
        bit = self._state.bits.get(place)
        return bit.grant_id if bit and bit.until_ms is None else None

    async def touch_all(self) -> None:
        for list_id in self._state.versions:
            self._state.versions[list_id] += 1

    async def sweep(self, *, limit: int) -> int:
        now_ms = self._state.now_ms
        over = [place for place, bit in self._state.bits.items() if bit.until_ms is not None and bit.until_ms <= now_ms]
        cleared = [place for place in over if self._state.bits[place].revoked][:limit]
        for place in [place for place in over if not self._state.bits[place].revoked][:limit]:
            del self._state.bits[place]
        for place in cleared:
            until_ms = now_ms + CLEARED_FOR_SECONDS * MILLISECONDS
            self._state.bits[place] = replace(self._state.bits[place], revoked=False, until_ms=until_ms)
        for list_id in {place.list_id for place in cleared}:
            self._state.versions[list_id] += 1
        return len(cleared)


class FakeForgetting:
    def __init__(self, state: State) -> None:
        self._state = state

    async def grants(self, *, limit: int) -> int:
        state, oldest_ms = self._state, self._state.now_ms - KEPT_MS
        ended = [grant for grant in state.grants.values() if (grant.ended_at_ms or oldest_ms + 1) <= oldest_ms]
        ended.sort(key=lambda grant: grant.ended_at_ms or 0)
        for grant in ended[:limit]:
            del state.grants[grant.id]
            state.families = {key: each for key, each in state.families.items() if each.grant_id != grant.id}
            state.reaches = {key: reach for key, reach in state.reaches.items() if key[0] != grant.id}
            state.codes = {key: code for key, code in state.codes.items() if code.grant_id != grant.id}
            state.devices = {key: each for key, each in state.devices.items() if each.grant_id != grant.id}
            if grant.session_id is not None:
                self._forget_session(grant.session_id)
        return len(ended[:limit])

    async def sessions(self, *, limit: int) -> int:
        oldest_ms = self._state.now_ms - KEPT_MS
        over = [
            each.id
            for each in self._state.sessions.values()
            if each.expires_at_ms is not None and each.expires_at_ms <= oldest_ms and not self._has_grants(each.id)
        ]
        for session_id in over[:limit]:
            del self._state.sessions[session_id]
        return len(over[:limit])

    async def audit(self, *, keep_ms: int, limit: int) -> int:
        oldest = sorted(self._state.audit)[:limit]
        over = [number for number in oldest if self._state.audit[number].at_ms <= self._state.now_ms - keep_ms]
        for number in over:
            del self._state.audit[number]
        return len(over)

    def _forget_session(self, session_id: SessionId) -> None:
        held = self._state.sessions.get(session_id)
        if held is None or self._has_grants(session_id):
            return
        ends = held.expires_at_ms
        if held.ended_at_ms is not None or ends is None or ends <= self._state.now_ms:
            del self._state.sessions[session_id]

    def _has_grants(self, session_id: SessionId) -> bool:
        return any(grant.session_id == session_id for grant in self._state.grants.values())
