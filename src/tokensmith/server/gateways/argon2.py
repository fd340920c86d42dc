"""Argon2id in a bounded pool of threads (RFC 9106; OWASP Password Storage Cheat Sheet).

A hash takes tens of milliseconds and megabytes by design, so whoever may ask for one can ask for too many: threads
bound the memory, a bounded queue bounds the wait, and beyond that the caller is told to come again. argon2-cffi lets go
of the interpreter's lock while it works, so the threads do run beside the event loop.
"""

import asyncio
import base64
import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError

from tokensmith.server.domain.errors import UnavailableError

T = TypeVar("T")

MAX_WAITING: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Profile:
    """How much work one hash is: *memory_kib* KiB, passed over *passes* times, in *lanes* parallel parts."""

    memory_kib: int
    passes: int
    lanes: int


# OWASP's first choice for a server under load: about 30 ms on one core, 19 MiB.
STANDARD: Final = Argon2Profile(memory_kib=19 * 1024, passes=2, lanes=1)
# RFC 9106 §4, second recommended option: about 120 ms on two cores, 64 MiB.
STRONG: Final = Argon2Profile(memory_kib=64 * 1024, passes=3, lanes=4)


class Argon2Hasher:
    """Satisfies the domain's `PasswordHasher`."""

    def __init__(
        self, profile: Argon2Profile = STANDARD, *, threads: int | None = None, max_waiting: int = MAX_WAITING
    ) -> None:
        """Make the pool; threads start when they are needed.

        Args:
            profile: The work of a hash made from now on.
            threads: How many hash at once; one per core unless told otherwise.
            max_waiting: How many may wait for a thread.
        """
        count = threads or os.cpu_count() or 1
        self._hasher = PasswordHasher(
            time_cost=profile.passes, memory_cost=profile.memory_kib, parallelism=profile.lanes
        )
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(count + max_waiting)
        # Checked where there is no hash to check: an unknown name must cost what a known one does.
        self._of_nobody = _hash_of_nobody(self._hasher)

    async def hash(self, password: str) -> str:
        """Return a PHC string for a new password.

        Raises:
            UnavailableError: too many are waiting already (`hashing_queue_full`), or there is no memory left
                (`hashing_failed`).
        """
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right; with no hash, do the same work and say no.

        Raises:
            UnavailableError: too many are waiting already (`hashing_queue_full`), or there is no memory left
                (`hashing_failed`).
        """
        is_right = await self._run(lambda: self._is_right(password, password_hash or self._of_nobody))
        return is_right and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """End the threads; what waits is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_right(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError):
            # What is stored is no hash. That is ours to repair, and nothing that whoever knocks should learn of: the
            # same work is done. Where it was the memory that failed, this fails too, and the caller hears of that.
            with contextlib.suppress(VerifyMismatchError):
                self._hasher.verify(self._of_nobody, password)
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise UnavailableError("Too many passwords are being checked.", code="hashing_queue_full")
        # The place is given back when the work is over, not when the caller has stopped waiting for it.
        running = self._pool.submit(work)
        running.add_done_callback(self._give_back)
        try:
            return await asyncio.wrap_future(running)
        except (HashingError, VerificationError) as error:
            raise UnavailableError(
                "No password can be checked now.", code="hashing_failed", detail=str(error)
            ) from error

    def _give_back(self, _: Future[T]) -> None:
        self._places.release()


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    # Made up, not computed: that would take 19 MB at every start, which the process would keep.
    salt, tag = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${tag}"
