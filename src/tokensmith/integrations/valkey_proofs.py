"""Used DPoP proofs, remembered in Valkey or Redis for all processes of a service (RFC 9449 §11.1).

    memory = ValkeyProofs(valkey.Valkey(host="cache", socket_timeout=0.5))            # for synchronous frameworks
    memory = AsyncValkeyProofs(valkey.asyncio.Valkey(host="cache", socket_timeout=0.5))   # for the others
    guard = Guard(..., public_url="https://api.example", sender=SenderConstraint(memory=memory))

While the store cannot be reached, bound tokens get a 503: a proof that was used might otherwise be used again. The
store must not evict keys (`maxmemory-policy noeviction`). One that is new, or that lost everything, is noticed: bound
tokens get a 503 for 11 seconds, until no proof used before can pass for a later one, and older proofs are refused.
"""

import math
from typing import Any, Final

from valkey import Valkey, ValkeyError
from valkey.asyncio import Valkey as AsyncValkey

from tokensmith.guard import Claimed, UnavailableError, remembered_from

# The braces keep all keys in one slot of a cluster, so that one transaction can hold two of them.
_PREFIX: Final = "{tokensmith-proofs}:"
_SINCE: Final = _PREFIX + "since"
# Beyond a proof's end, by our clock: another process's may be behind.
_SLACK_SECONDS: Final = 60


class ValkeyProofs:
    """A `ProofMemory` over a blocking client; in an event loop it would hold up everybody.

    Args:
        client: With a `socket_timeout`, which is how long a request waits for a store that does not answer.
    """

    def __init__(self, client: Valkey) -> None:
        self._client = client

    async def claim(self, digest: bytes, *, until: float, now: float) -> Claimed:
        """Note a proof as used; see `ProofMemory`.

        Raises:
            UnavailableError: The store cannot be reached ("replay_memory_unavailable").
        """
        try:
            return _claimed(_claim(self._client.pipeline(), digest, until=until, now=now).execute())
        except (ValkeyError, OSError) as error:
            raise _unavailable(error) from error


class AsyncValkeyProofs:
    """The same over an asynchronous client, for `Guard.authenticate` alone."""

    def __init__(self, client: AsyncValkey) -> None:
        self._client = client

    async def claim(self, digest: bytes, *, until: float, now: float) -> Claimed:
        """Note a proof as used; see `ProofMemory`.

        Raises:
            UnavailableError: The store cannot be reached ("replay_memory_unavailable").
        """
        try:
            return _claimed(await _claim(self._client.pipeline(), digest, until=until, now=now).execute())
        except (ValkeyError, OSError) as error:
            raise _unavailable(error) from error


def _claim(pipeline: Any, digest: bytes, *, until: float, now: float) -> Any:
    """Write the one transaction: when the memory begins, if it does so now, and the proof, unless it is there."""
    milliseconds = math.ceil((until - now + _SLACK_SECONDS) * 1000)
    pipeline.set(_SINCE, remembered_from(now), nx=True)
    pipeline.get(_SINCE)
    pipeline.set(_PREFIX + digest.hex(), b"", nx=True, px=milliseconds)
    return pipeline


def _claimed(answers: list[Any]) -> Claimed:
    _, since, was_set = answers
    return Claimed(is_first=was_set is True, since=float(since))


def _unavailable(error: Exception) -> UnavailableError:
    return UnavailableError(
        "Whether the proof was used before cannot be told.", code="replay_memory_unavailable", detail=str(error)
    )
