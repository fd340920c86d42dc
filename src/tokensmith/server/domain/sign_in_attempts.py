"""Lock-out: how many wrong passwords a name and a source may have, and what a lock looks like.

Attempts are *reserved before hashing* by a committed update, so that a hundred guesses sent at once are a hundred
counted guesses. They are kept under an HMAC of the name, whether or not it exists: the table says nothing about who has
an account, and a locked name answers alike either way. Two counters run side by side:

- (name, source) is tight: it stops guessing from one place;
- the name alone is loose: it stops guessing from many places, and could be turned against the owner, so a source from
  which this name has signed in before is exempt from it (it still has its own tight counter).
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRule:
    """At most *limit* attempts without a success in *window_ms*; then a lock of *lock_ms*."""

    limit: int
    window_ms: int
    lock_ms: int


NAME_AND_SOURCE = AttemptRule(limit=5, window_ms=15 * 60_000, lock_ms=60_000)
NAME_ALONE = AttemptRule(limit=100, window_ms=60 * 60_000, lock_ms=15 * 60_000)
KNOWN_SOURCE_MS = 90 * 24 * 60 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptKeys:
    """The two digests under which one attempt is counted, 32 bytes each."""

    name_and_source: bytes
    name: bytes


def attempt_keys(*, secret: bytes, name_key: str, source: str) -> AttemptKeys:
    """Derive the counters' keys from a folded name and a source (an IP address, or an IPv6 /64).

    Args:
        secret: At least 32 bytes that only the server holds; without it the table would be a dictionary of names.
    """
    name = hmac.digest(secret, b"name\0" + name_key.encode(), hashlib.sha256)
    pair = hmac.digest(secret, b"pair\0" + name_key.encode() + b"\0" + source.encode(), hashlib.sha256)
    return AttemptKeys(name_and_source=pair, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCount:
    """One counter as it is kept; the zero value is that of a key never seen.

    Attributes:
        locked_until_ms: 0 where it was never locked. A lock that is over starts a new window.
        known_until_ms: Until when the source counts as known to the name; 0 on counters of names.
    """

    attempts: int = 0
    window_started_at_ms: int = 0
    locked_until_ms: int = 0
    known_until_ms: int = 0

    def plus_one(self, rule: AttemptRule, *, now_ms: int) -> "AttemptCount":
        """Return the counter after one more attempt; the last one that the rule allows locks it."""
        window_over = now_ms - self.window_started_at_ms >= rule.window_ms
        fresh = window_over or self.locked_until_ms > 0
        attempts = 1 if fresh else self.attempts + 1
        return AttemptCount(
            attempts=attempts,
            window_started_at_ms=now_ms if fresh else self.window_started_at_ms,
            locked_until_ms=now_ms + rule.lock_ms if attempts >= rule.limit else 0,
            known_until_ms=self.known_until_ms,
        )

    def useless_from_ms(self, rule: AttemptRule) -> int:
        """Return the moment from which the counter says no more than one that was never kept."""
        return max(self.window_started_at_ms + rule.window_ms, self.locked_until_ms, self.known_until_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The attempt is counted and may be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """No attempt now; the next may be made at *until_ms* (the database's time was *now_ms*)."""

    until_ms: int
    now_ms: int


class SignInAttempts(Protocol):
    """Where attempts are counted."""

    async def reserve(self, keys: AttemptKeys) -> Reserved | Locked:
        """Count one attempt, or say until when none may be made. A refused attempt is not counted.

        The name's own counter is passed over where the pair has signed in within `KNOWN_SOURCE_MS`.
        """

    async def succeeded(self, keys: AttemptKeys) -> None:
        """Forget the attempts of this name and source, and remember the source as known.

        The name's own counter stays: somebody who guesses from many places gains nothing from the owner's success.
        """

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* counters that say nothing any more; returns how many."""
