"""Sessions: what the back end keeps of somebody who signed in. The browser has a number of no meaning, and no token.

A store holds texts that it cannot read under names that it cannot use: a session's name there is a digest of its
number, and its content is sealed. Whoever reads the store is nobody by that.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol, Self, cast

from tokensmith.client import TokenAnswer
from tokensmith.jose.strict_json import JsonValue

_NAME_PREFIX: Final = "session "


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who signed in.

    Attributes:
        answer: The tokens they have now.
        good_until: When the access token is not sent any more, in seconds since 1970.
        renew_at: When the next one is asked for.
        ends_at: When they have to sign in again, whatever tokens they have.
        claims: Who they are, by the ID token; empty where none was asked for.
    """

    answer: TokenAnswer
    good_until: float
    renew_at: float
    ends_at: float
    claims: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def begun(cls, answer: TokenAnswer, *, now: float, ends_at: float, claims: Mapping[str, JsonValue]) -> Self:
        """Make the session of tokens that were asked for at *now*."""
        good_until, renew_at = now + answer.good_for, now + answer.renew_after
        return cls(answer=answer, good_until=good_until, renew_at=renew_at, ends_at=ends_at, claims=claims)

    def renewed(self, answer: TokenAnswer, *, now: float) -> "Session":
        """Go on with other tokens; what did not come anew stays (RFC 6749 §6)."""
        kept = TokenAnswer(
            access_token=answer.access_token,
            token_type=answer.token_type,
            expires_in=answer.expires_in,
            scope=answer.scope or self.answer.scope,
            refresh_token=answer.refresh_token or self.answer.refresh_token,
            id_token=answer.id_token or self.answer.id_token,
        )
        return Session.begun(kept, now=now, ends_at=self.ends_at, claims=self.claims)

    def to_json(self) -> dict[str, JsonValue]:
        """Write it, tokens and all."""
        members: dict[str, JsonValue] = asdict(self.answer)
        times = {"good_until": self.good_until, "renew_at": self.renew_at, "ends_at": self.ends_at}
        return {"answer": members, **times, "claims": dict(self.claims)}

    @classmethod
    def from_json(cls, members: Mapping[str, JsonValue]) -> Self:
        """Read what `to_json` wrote."""
        answer = cast("Mapping[str, JsonValue]", members["answer"])
        return cls(
            answer=TokenAnswer(**dict(answer)),  # type: ignore[arg-type]  # of our own writing, and sealed
            good_until=cast("float", members["good_until"]),
            renew_at=cast("float", members["renew_at"]),
            ends_at=cast("float", members["ends_at"]),
            claims=cast("Mapping[str, JsonValue]", members["claims"]),
        )


def name_of(number: str) -> str:
    """Return what a session is called in a store."""
    return hashlib.sha256((_NAME_PREFIX + number).encode()).hexdigest()


class SessionStore(Protocol):
    """Where sessions are; safe for any number of threads, tasks and processes that share it.

    In a synchronous framework none of its coroutines may suspend.
    """

    async def load(self, name: str) -> str | None:
        """Return a session's content.

        Raises:
            ServerUnavailableError: The store cannot be reached.
        """
        ...

    async def save(self, name: str, content: str, *, seconds: float) -> None:
        """Keep a session's content for so many seconds."""
        ...

    async def replace(self, name: str, content: str, *, seconds: float) -> bool:
        """Do the same for a session that is there; False for one that was forgotten meanwhile, which stays so."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a session."""
        ...

    async def claim(self, name: str, *, by: str, seconds: float) -> bool:
        """Say that *by* alone may renew it from now on, for so many seconds; False where somebody else may."""
        ...

    async def release(self, name: str, *, by: str) -> None:
        """Take that back; nothing where *by* has it no more."""
        ...


class MemorySessions:
    """Sessions in this process. A service that runs in several needs a store for all: `ValkeySessions`.

    Args:
        capacity: How many there may be; whoever signed in first goes first.
        monotonic: Says the seconds that they are kept in.
    """

    def __init__(self, *, capacity: int = 100_000, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._now = monotonic
        self._kept: dict[str, tuple[str, float]] = {}
        self._claims: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    async def load(self, name: str) -> str | None:
        """Return a session's content; None where it is over."""
        content, until = self._kept.get(name, (None, 0.0))
        return content if self._now() < until else None

    async def save(self, name: str, content: str, *, seconds: float) -> None:
        """Keep a session's content for so many seconds."""
        with self._lock:
            if name not in self._kept and len(self._kept) >= self._capacity:
                self._kept = {key: kept for key, kept in self._kept.items() if self._now() < kept[1]}
                while len(self._kept) >= self._capacity:
                    del self._kept[next(iter(self._kept))]
            self._kept[name] = content, self._now() + seconds

    async def replace(self, name: str, content: str, *, seconds: float) -> bool:
        """Do the same for a session that is there."""
        with self._lock:
            _, until = self._kept.get(name, ("", 0.0))
            is_there = self._now() < until
            if is_there:
                self._kept[name] = content, self._now() + seconds
            return is_there

    async def delete(self, name: str) -> None:
        """Forget a session."""
        with self._lock:
            self._kept.pop(name, None)

    async def claim(self, name: str, *, by: str, seconds: float) -> bool:
        """Say who alone may renew it."""
        with self._lock:
            _, until = self._claims.get(name, ("", 0.0))
            if self._now() < until:
                return False
            self._claims[name] = by, self._now() + seconds
            return True

    async def release(self, name: str, *, by: str) -> None:
        """Take that back."""
        with self._lock:
            if self._claims.get(name, ("", 0.0))[0] == by:
                del self._claims[name]
