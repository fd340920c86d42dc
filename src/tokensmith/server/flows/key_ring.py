"""The signing keys as one process holds them: read from the database, opened once, and looked at again every 2 s.

A process keeps keys only to save itself the opening; what counts is the database. So a key that was retired as
compromised is out of use in every process within `REFRESH_SECONDS`, and a rotation needs no message.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tokensmith.jose import Key, KeySet
from tokensmith.jose.jwt import Clock
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.key_providers import KeyProvider
from tokensmith.server.domain.signing_keys import SIGNING_ALGS, SealerRing, SigningKey, Stage, active_key
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork

REFRESH_SECONDS: Final = 2.0
READY_SECONDS: Final = 1.0
SEALED_TABLE: Final = "signing_keys"
SEALED_COLUMN: Final = "sealed_private_jwk"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class KeySnapshot:
    """The keys as they stood at one moment of the database."""

    keys: tuple[SigningKey, ...]
    public: KeySet
    read_at_monotonic: float

    @property
    def retired_kids(self) -> tuple[str, ...]:
        """The keys that left as compromised and that guards must drop."""
        return tuple(key.kid for key in self.keys if key.compromised)


@dataclass(slots=True)
class CarriedClock:
    """Shows the database's time as it was last read, carried on by this process's monotonic clock."""

    monotonic: Callable[[], float]
    read_at_ms: int = 0
    read_at_monotonic: float = 0.0

    def now_ms(self) -> int:
        """Return that time, in milliseconds since 1970."""
        return self.read_at_ms + round((self.monotonic() - self.read_at_monotonic) * MILLISECONDS)

    def now(self) -> float:
        """Return it in seconds since 1970."""
        return self.now_ms() / MILLISECONDS


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Shows one moment, in seconds since 1970."""

    seconds: float

    def now(self) -> float:
        """Return that moment."""
        return self.seconds


class KeyRing:
    """Gives the active private key of an algorithm, and the public keys, without a query per token."""

    def __init__(
        self,
        store: Store,
        sealers: SealerRing,
        *,
        provider: KeyProvider | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what opens private keys; *provider* has those that are not in the database."""
        self._store = store
        self._sealers = sealers
        self._provider = provider
        self._monotonic = monotonic
        self._snapshot: KeySnapshot | None = None
        self._clock = CarriedClock(monotonic)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._public = KeySet([])
        self._opened: dict[str, Key] = {}
        self._signed_at = -math.inf

    async def snapshot(self) -> KeySnapshot:
        """Return the keys, at most `REFRESH_SECONDS` old.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        held = self._snapshot
        if held is not None and self._monotonic() - held.read_at_monotonic < REFRESH_SECONDS:
            return held
        asked_at = self._monotonic()
        keys, now_ms = await self._store.read(_read_keys)
        self._clock.read_at_ms, self._clock.read_at_monotonic = now_ms, asked_at
        self._snapshot = KeySnapshot(keys, self._public_set(keys, now_ms=now_ms), asked_at)
        self._opened = {key.kid: self._opened[key.kid] for key in keys if key.kid in self._opened}
        return self._snapshot

    async def signing_key(self, alg: str) -> Key:
        """Return the key that signs for *alg* now; what is done with it goes by way of `sign`.

        Raises:
            UnavailableError: there is none (`no_signing_key`), or the database or the key's provider cannot be reached.
        """
        snapshot = await self.snapshot()
        found = active_key(snapshot.keys, alg=alg, now_ms=self._clock.now_ms())
        if found is None:
            raise _no_key(alg)
        opened = self._opened.get(found.kid)
        if opened is None:
            opened = self._opened[found.kid] = await self._open(found)
        return opened

    async def sign(self, key: Key, work: Callable[[], T]) -> T:
        """Run *work*, which signs with *key*: here, or with its provider while the event loop goes on.

        Raises:
            UnavailableError: the provider does not sign now.
        """
        if key.is_private or self._provider is None:
            return work()
        try:
            done = await self._provider.run(work)
        except UnavailableError:
            self._signed_at = -math.inf
            raise
        self._signed_at = self._monotonic()
        return done

    async def ready(self) -> None:
        """Refuse where nothing could be signed, before a code or a refresh token is spent on it.

        A provider that has signed within `READY_SECONDS` will sign again; any other is asked to. Whoever spends a
        token and gets none would, with an outage of minutes, end as one who has used it twice.

        Raises:
            UnavailableError: the provider does not sign now.
        """
        if self._provider is not None and self._monotonic() - self._signed_at >= READY_SECONDS:
            key = await self.signing_key(SIGNING_ALGS[0])
            await self.sign(key, lambda: key.sign_bytes(b""))

    async def public_keys(self) -> tuple[KeySet, Clock]:
        """Return the keys that verify our tokens, and a clock that shows the database's time.

        Tokens are dated by the database, so they are judged by it too: by this machine's own clock a fresh token may
        come from the future. The set is the same object for as long as it holds the same keys, and the clock always
        is, so that whoever asks may keep what he made of them.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        snapshot = await self.snapshot()
        return snapshot.public, self._clock

    def forget(self) -> None:
        """Read the keys anew at the next question (after this process itself changed them)."""
        self._snapshot = None

    def _public_set(self, keys: tuple[SigningKey, ...], *, now_ms: int) -> KeySet:
        shown = tuple(key for key in keys if key.stage(now_ms=now_ms) is not Stage.GONE)
        names = tuple((key.public_jwk, key.alg) for key in shown)
        if names != self._shown:
            self._public, self._shown = KeySet([public_key(key) for key in shown]), names
        return self._public

    async def _open(self, key: SigningKey) -> Key:
        sealed = key.sealed_private_jwk
        if sealed is not None:
            sealer = await self._sealers.opening(sealed)
            private_jwk = sealer.open(sealed, table=SEALED_TABLE, column=SEALED_COLUMN, row=key.kid)
            return Key.from_jwk(parse_object(private_jwk))
        if key.provider_key_id is None or self._provider is None:
            raise _no_key(f"{key.alg} {key.kid}: its private half is not here")
        return await self._provider.open(key.provider_key_id, public_key(key))


async def _read_keys(uow: UnitOfWork) -> tuple[tuple[SigningKey, ...], int]:
    return await uow.signing_keys.all(), await uow.now_ms()


def public_key(key: SigningKey) -> Key:
    """Read the public half of a stored key."""
    return Key.from_jwk(parse_object(key.public_jwk.encode()), alg=key.alg)


def _no_key(detail: str) -> UnavailableError:
    return UnavailableError("The server has no key to sign with.", code="no_signing_key", detail=detail)
