"""Proofs that were used already, for as long as they would still be accepted (RFC 9449 §11.1).

What is kept of a proof is a digest, whatever its sender made of its "jti". This memory is one process's: where a
service runs in several, a proof can be used once in each of them.
"""

import threading
from typing import Final

from tokensmith.guard.errors import UnavailableError

MAX_PROOFS: Final = 100_000


class SeenProofs:
    """Remembers proofs until they expire; safe to share between threads.

    Args:
        capacity: How many to remember at once. Only whoever holds a good token gets one in here, so this bound is met
            by overload and by abuse, and then nothing is let in that might have been used before.
    """

    def __init__(self, *, capacity: int = MAX_PROOFS) -> None:
        self._capacity = capacity
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def is_first(self, digest: bytes, *, until: float, now: float) -> bool:
        """Note a proof; False where it was noted before.

        Args:
            digest: What tells the proof from every other.
            until: When it would be refused for its age, in seconds since 1970.
            now: The same clock's present time.

        Raises:
            UnavailableError: There is no room ("replay_memory_full").
        """
        with self._lock:
            self._forget(now)
            if self._until.get(digest, now) > now:
                return False
            if len(self._until) >= self._capacity:
                raise UnavailableError("Too many proofs at once.", code="replay_memory_full")
            self._until[digest] = until
            return True

    def __len__(self) -> int:
        return len(self._until)

    def _forget(self, now: float) -> None:
        # In the order they came, which is nearly that of their ends: one that ends later keeps a few behind it longer.
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now:
                return
            del self._until[oldest]
