"""Signing keys, counted sign-in attempts and the audit log, in memory."""

from dataclasses import replace
from typing import Final

from tests.server.fake_state import State
from tokensmith.server.domain.audit import AuditEvent, AuditRow
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.logos import Logo
from tokensmith.server.domain.sign_in_attempts import (
    KNOWN_SOURCE_MS,
    NAME_ALONE,
    NAME_AND_SOURCE,
    AttemptCount,
    AttemptKeys,
    AttemptRule,
    Locked,
    Reserved,
)
from tokensmith.server.domain.signing_keys import SigningKey

DAY_MS: Final = 24 * 60 * 60 * 1000


class FakeSigningKeys:
    def __init__(self, state: State) -> None:
        self._state = state

    async def all(self) -> tuple[SigningKey, ...]:
        return tuple(key for key in self._state.signing_keys.values() if self._is_of_interest(key))

    async def ever(self) -> tuple[SigningKey, ...]:
        return tuple(self._state.signing_keys.values())

    def _is_of_interest(self, key: SigningKey) -> bool:
        shown_for = DAY_MS if key.compromised else 0
        return key.gone_at_ms is None or key.gone_at_ms + shown_for > self._state.now_ms

    async def add(self, key: SigningKey) -> None:
        self._state.signing_keys[key.kid] = key

    async def replace_end(self, key: SigningKey) -> None:
        held = self._state.signing_keys[key.kid]
        self._state.signing_keys[key.kid] = replace(
            held, retired_at_ms=key.retired_at_ms, gone_at_ms=key.gone_at_ms, compromised=key.compromised
        )

    async def erase(self, kid: KeyId) -> None:
        if kid in self._state.signing_keys:
            held = self._state.signing_keys[kid]
            self._state.signing_keys[kid] = replace(held, sealed_private_jwk=None, provider_key_id=None)

    async def lock(self) -> None:
        pass


class FakeSignInAttempts:
    def __init__(self, state: State) -> None:
        self._state = state

    async def reserve(self, keys: AttemptKeys) -> Reserved | Locked:
        now_ms = self._state.now_ms
        counters = [(keys.name_and_source, NAME_AND_SOURCE)]
        if self._count(keys.name_and_source).known_until_ms <= now_ms:
            counters.append((keys.name, NAME_ALONE))
        locked_until_ms = max(self._count(key).locked_until_ms for key, _ in counters)
        if locked_until_ms > now_ms:
            return Locked(until_ms=locked_until_ms, now_ms=now_ms)
        for key, rule in counters:
            self._keep(key, self._count(key).plus_one(rule, now_ms=now_ms), rule)
        return Reserved()

    async def succeeded(self, keys: AttemptKeys) -> None:
        known = AttemptCount(known_until_ms=self._state.now_ms + KNOWN_SOURCE_MS)
        self._keep(keys.name_and_source, known, NAME_AND_SOURCE)

    async def sweep(self, *, limit: int) -> int:
        kept = self._state.attempts.items()
        useless = [key for key, (count, rule) in kept if count.useless_from_ms(rule) <= self._state.now_ms][:limit]
        for key in useless:
            del self._state.attempts[key]
        return len(useless)

    def _count(self, key: bytes) -> AttemptCount:
        return self._state.attempts[key][0] if key in self._state.attempts else AttemptCount()

    def _keep(self, key: bytes, count: AttemptCount, rule: AttemptRule) -> None:
        self._state.attempts[key] = (count, rule)


class FakeLogos:
    def __init__(self, state: State) -> None:
        self._state = state

    async def add(self, logo: Logo) -> None:
        self._state.logos[logo.digest] = logo

    async def find(self, digest: str) -> Logo | None:
        return self._state.logos.get(digest)


class FakeUsedProofs:
    def __init__(self, state: State) -> None:
        self._state = state

    async def claim(self, digest: bytes, *, until_ms: int) -> bool:
        if digest in self._state.used_proofs:
            return False
        self._state.used_proofs[digest] = until_ms
        return True

    async def sweep(self, *, limit: int) -> int:
        over = [digest for digest, until_ms in self._state.used_proofs.items() if until_ms <= self._state.now_ms]
        for digest in over[:limit]:
            del self._state.used_proofs[digest]
        return len(over[:limit])


class FakeAudit:
    def __init__(self, state: State) -> None:
        self._state = state

    async def record(self, event: AuditEvent) -> None:
        number = self._state.counts["audit"] = self._state.counts.get("audit", 0) + 1
        self._state.audit[number] = AuditRow(number=number, at_ms=self._state.now_ms, event=event)

    async def latest(self, *, limit: int) -> tuple[AuditRow, ...]:
        return tuple(reversed(self._state.audit.values()))[:limit]

    async def since(self, at_ms: int, *, after: int, limit: int) -> tuple[AuditRow, ...]:
        rows = [row for row in self._state.audit.values() if row.number > after and row.at_ms >= at_ms]
        return tuple(rows[:limit])
