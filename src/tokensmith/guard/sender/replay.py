"""Proofs that were used already, for as long as they would still be accepted (RFC 9449 §11.1).

What is kept of a proof is a digest, whatever its sender made of its "jti". `SeenProofs` is one process's memory: where
a service runs in several, a proof can be used once in each of them, unless they share another `ProofMemory`.
"""

import threading
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.guard.errors import UnavailableError
from tokensmith.guard.sender.dpop import LEEWAY_SECONDS

MAX_PROOFS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a memory says of a proof.

    Attributes:
        is_first: Whether it was not used before, as far as is remembered.
        since: The date ("iat") from which on every use of a proof is remembered, in whole seconds since 1970; older
            ones may have been used before.
    """

    is_first: bool
    since: float


def remembered_from(now: float) -> int:
    """Say which proofs cannot have been used before *now*: those dated from this second on.

    A proof may be dated ahead by the leeway for clocks, so that its use can lie before its date.
    """
    return int(now) + LEEWAY_SECONDS + 1


class ProofMemory(Protocol):
    """Where used proofs are remembered; safe for any number of threads and tasks."""

    async def claim(self, digest: bytes, *, until: float, now: float) -> Claimed:
        """Note a proof as used. Of any number of callers one is told that it is the first.

        Called from `Guard.authenticate_sync` it must not suspend.

        Args:
            digest: What tells the proof from every other.
            until: When it would be refused for its age, in seconds since 1970.
            now: The same clock's present time.

        Raises:
            UnavailableError: Whether it was used before cannot be told.
        """
        ...


class SeenProofs:
    """A memory in this process.

    Args:
        since: From which date on proofs are taken, in seconds since 1970, cut to whole ones. The time of the start, or
            `remembered_from` that time, and then bound tokens get a 503 until it comes (decision 31).
        capacity: How many to remember at once. Only whoever holds a good token gets one in here, so this bound is met
            by overload and by abuse, and then nothing is let in that might have been used before.
    """

    def __init__(self, *, since: float, capacity: int = MAX_PROOFS) -> None:
        self._since = int(since)
        self._capacity = capacity
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    async def claim(self, digest: bytes, *, until: float, now: float) -> Claimed:
        """Note a proof as used; see `ProofMemory`.

        Raises:
            UnavailableError: There is no room ("replay_memory_full").
        """
        with self._lock:
            self._forget(now)
            if self._until.get(digest, now) > now:
                return Claimed(is_first=False, since=self._since)
            if len(self._until) >= self._capacity:
                raise UnavailableError("Too many proofs at once.", code="replay_memory_full")
            self._until[digest] = until
            return Claimed(is_first=True, since=self._since)

    def __len__(self) -> int:
        return len(self._until)

    def _forget(self, now: float) -> None:
        # In the order they came, which is nearly that of their ends: one that ends later keeps a few behind it longer.
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now:
                return
            del self._until[oldest]
