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
        """Forget the attempts of this name and source, and remember the source as known."""
