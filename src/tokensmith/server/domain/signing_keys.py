"""The life of a signing key: published, active, verify-only, gone (decision 8; OpenID Connect Core §10.1.1).

The stage follows from four moments and the time, so no process has to move a key along and none can forget to: a
rotation writes the successor's moments and the predecessor's end in one transaction, and the clock does the rest.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol

from tokensmith.server.domain.ids import KeyId

JWKS_MAX_AGE_SECONDS: Final = 300
SIGNING_ALGS: Final = ("ES256", "RS256")


class Stage(StrEnum):
    """Where a key is in its life."""

    PUBLISHED = "published"
    ACTIVE = "active"
    VERIFY_ONLY = "verify-only"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A signing key at rest.

    Attributes:
        kid: The RFC 7638 thumbprint; of a key that was brought along, what its former server called it.
        public_jwk: The public half as JSON text, as it goes into the JWK Set.
        sealed_private_jwk: The private half, sealed (see `Sealer`), never shown in a `repr`; None where it is not here.
        provider_key_id: What a `KeyProvider` calls the private half; None where none has it. A key whose private half
            nobody has verifies what another server signed, or is gone.
        active_at_ms: From here on it signs.
        retired_at_ms: From here on it only verifies; None while no successor is there.
        gone_at_ms: From here on it is in no JWK Set.
        compromised: It left before its time; guards are told to drop it.
    """

    kid: KeyId
    alg: str
    public_jwk: str
    sealed_private_jwk: bytes | None
    provider_key_id: str | None
    published_at_ms: int
    active_at_ms: int
    retired_at_ms: int | None
    gone_at_ms: int | None
    compromised: bool

    def __repr__(self) -> str:
        return f"<SigningKey {self.alg} {self.kid}>"

    @property
    def ever_signs(self) -> bool:
        """Whether it signs at any time of its life; else it is another server's, and only verifies."""
        return self.retired_at_ms is None or self.retired_at_ms > self.active_at_ms

    @property
    def has_private_half(self) -> bool:
        """Whether there is something to erase when it is gone."""
        return self.sealed_private_jwk is not None or self.provider_key_id is not None

    def stage(self, *, now_ms: int) -> Stage:
        """Say where the key is at a moment of the database."""
        if self.compromised or (self.gone_at_ms is not None and now_ms >= self.gone_at_ms):
            return Stage.GONE
        if self.retired_at_ms is not None and now_ms >= self.retired_at_ms:
            return Stage.VERIFY_ONLY
        return Stage.ACTIVE if now_ms >= self.active_at_ms else Stage.PUBLISHED

    def succeeded_at(self, successor_active_at_ms: int, *, longest_token_ms: int) -> "SigningKey":
        """Return the key with its end written: it signs until the successor does, and verifies what it signed."""
        return replace(self, retired_at_ms=successor_active_at_ms, gone_at_ms=successor_active_at_ms + longest_token_ms)


def active_key(keys: tuple[SigningKey, ...], *, alg: str, now_ms: int) -> SigningKey | None:
    """Return the key that signs for *alg* now: of the active ones the youngest."""
    active = [key for key in keys if key.alg == alg and key.stage(now_ms=now_ms) is Stage.ACTIVE]
    return max(active, key=lambda key: key.active_at_ms, default=None)


class Sealer(Protocol):
    """Seals secrets for the database (AES-GCM; the place is authenticated, so a value cannot be moved)."""

    def seal(self, plaintext: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return the sealed value, which names the key it was sealed with."""

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: another key, another place, or a changed value.
        """


class SealerRing(Protocol):
    """The sealing keys of a server, which another process may change while this one runs."""

    async def current(self) -> Sealer:
        """Return what seals now.

        Raises:
            UnavailableError: the database cannot be reached.
        """

    async def opening(self, sealed: bytes) -> Sealer:
        """Return what seals now, looked up anew where that could not open *sealed*.

        Raises:
            UnavailableError: the database cannot be reached.
        """


class SigningKeys(Protocol):
    """Where signing keys are kept."""

    async def all(self) -> tuple[SigningKey, ...]:
        """Return every key that is not gone, and those compromised within the last day (guards must hear of them)."""

    async def ever(self) -> tuple[SigningKey, ...]:
        """Return every key that was ever here: a kid, and a key, is used once."""

    async def add(self, key: SigningKey) -> None:
        """Store a new key.

        Raises:
            SealError: it was sealed with a key that has been dropped (`sealing_key_former`).
        """

    async def replace_end(self, key: SigningKey) -> None:
        """Store the key's `retired_at_ms`, `gone_at_ms` and `compromised`."""

    async def erase(self, kid: KeyId) -> None:
        """Forget a key's private half, or what its provider calls it."""

    async def lock(self) -> None:
        """Hold off every other process that would change the keys, until this unit of work ends."""
