"""Refresh tokens: rotation, races, lost answers and theft told apart (decision 6; RFC 9700 §4.14.2, RFC 6749 §10.4).

A token is family ‖ generation ‖ secret. The family's row keeps the generation that is current, the digest of its
secret, and when the last generations were rotated out; the secret of generation n+1 is an HMAC of the secret of
generation n. So whoever holds an earlier token can be told from somebody who guesses: hashed forward, it must arrive at
the current digest. And a late or repeated request can be answered with the very token that is current, though that
token was stored nowhere. Neither the database nor the key alone, nor both together, can make a token.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.clients import Lifetimes
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.rotation_keys import RotationKeys
from tokensmith.server.domain.stored_secrets import digest

PREFIX: Final = "tsr_"
FAMILY_BYTES: Final = 16
SECRET_BYTES: Final = 32
GENERATION_BYTES: Final = 4
MAX_GENERATION: Final = 2 ** (8 * GENERATION_BYTES) - 1

# How far an old token is hashed forward to prove itself. 4,096 generations are 42 days of a refresh every 15 minutes;
# the work is a few milliseconds, which is what somebody with a guessed secret for a known family can make us do.
MAX_STEPS: Final = 4096

# How many rotations are remembered with their time. More than this within one window, and only the youngest count.
MAX_RECENT: Final = 64

_TOKEN_BYTES: Final = FAMILY_BYTES + GENERATION_BYTES + SECRET_BYTES
_TOKEN_CHARACTERS: Final = len(PREFIX) + -(-_TOKEN_BYTES * 4 // 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token as it was read or is about to be sent. `str()` gives the wire form; `repr()` never the secret."""

    family: bytes
    generation: int
    secret: bytes

    def __repr__(self) -> str:
        return f"<RefreshToken {self.family.hex()} generation {self.generation}>"

    def __str__(self) -> str:
        raw = self.family + self.generation.to_bytes(GENERATION_BYTES, "big") + self.secret
        return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")

    def successor(self, *, rotation_key: bytes) -> "RefreshToken":
        """Return the next generation's token: HMAC-SHA-256(key, family ‖ generation ‖ secret)."""
        generation = self.generation + 1
        message = self.family + generation.to_bytes(GENERATION_BYTES, "big") + self.secret
        secret = hmac.digest(rotation_key, message, hashlib.sha256)
        return RefreshToken(family=self.family, generation=generation, secret=secret)


def parse(text: str) -> RefreshToken:
    """Read a refresh token from the wire.

    Raises:
        InvalidGrantError: it has not the form of one (`refresh_token_malformed`).
    """
    raw = _decode(text) if len(text) == _TOKEN_CHARACTERS and text.startswith(PREFIX) else None
    if raw is None:
        raise InvalidGrantError("The refresh token is not valid.", code="refresh_token_malformed")
    family, rest = raw[:FAMILY_BYTES], raw[FAMILY_BYTES:]
    generation = int.from_bytes(rest[:GENERATION_BYTES], "big")
    return RefreshToken(family=family, generation=generation, secret=rest[GENERATION_BYTES:])


def _decode(text: str) -> bytes | None:
    body = text[len(PREFIX) :]
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    # One token has one spelling: spare bits in the last character would give it several.
    spelled_back = base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
    return raw if len(raw) == _TOKEN_BYTES and spelled_back == body else None


@dataclass(frozen=True, slots=True)
class EarlierKey:
    """A rotation key that made a family's tokens up to and including *until_generation*, and was then replaced."""

    key_id: str
    until_generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The row of a refresh family.

    Attributes:
        generation: The current one; its secret's digest is *secret_digest*.
        key_id: The rotation key that made the current token; for generation 0, the one that was current at its birth.
        rotated_at_ms: When the current generation, the one before it, … became current; youngest first, at most
            `MAX_RECENT`. The first entry of generation 0 is the family's birth.
        idle_expires_at_ms, absolute_expires_at_ms: The family has ended at the earlier of the two.
        ended_at_ms: When it was ended; None while it runs.
        key_thumbprint: Names the key or certificate that has to be shown with every use (RFC 9449 §5); None where none
            has to. Once bound, a family stays bound.
        earlier_keys: The rotation keys before *key_id*, oldest first; none that could only prove what is too old.
    """

    family: bytes
    grant_id: GrantId
    generation: int
    secret_digest: bytes
    key_id: str
    rotated_at_ms: tuple[int, ...]
    idle_expires_at_ms: int
    absolute_expires_at_ms: int
    ended_at_ms: int | None
    key_thumbprint: str | None
    earlier_keys: tuple[EarlierKey, ...] = ()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Every rotation key that it may take to prove a token of this family."""
        return (self.key_id, *(earlier.key_id for earlier in self.earlier_keys))

    def key_after(self, generation: int) -> str:
        """Return the id of the rotation key that made the successor of an earlier *generation*."""
        return next((key.key_id for key in self.earlier_keys if generation < key.until_generation), self.key_id)

    def rotated_out_at_ms(self, generation: int) -> int | None:
        """Return when an earlier *generation* stopped being current; None where that is too long ago to be kept."""
        steps = self.generation - generation
        return self.rotated_at_ms[steps - 1] if 1 <= steps <= len(self.rotated_at_ms) else None

    def advanced(
        self, redeemed: "Redeem", *, now_ms: int, lifetimes: Lifetimes, key_thumbprint: str | None
    ) -> "Family":
        """Return the row after the answer of *redeemed* became current at *now_ms*.

        From then on it is bound to the key of *key_thumbprint*, if to any.
        """
        successor = redeemed.answer
        kept = tuple(at for at in self.rotated_at_ms if now_ms - at <= lifetimes.reuse_window_ms)
        rotated_at_ms = (now_ms, *kept)[:MAX_RECENT]
        if successor.generation == self.generation:
            rotated_at_ms = self.rotated_at_ms
        return Family(
            family=self.family,
            grant_id=self.grant_id,
            generation=successor.generation,
            secret_digest=digest(successor.secret),
            key_id=redeemed.key_id,
            rotated_at_ms=rotated_at_ms,
            idle_expires_at_ms=min(now_ms + lifetimes.refresh_idle * 1000, self.absolute_expires_at_ms),
            absolute_expires_at_ms=self.absolute_expires_at_ms,
            ended_at_ms=self.ended_at_ms,
            key_thumbprint=self.key_thumbprint or key_thumbprint,
            earlier_keys=self._earlier_than(redeemed),
        )

    def _earlier_than(self, redeemed: "Redeem") -> tuple[EarlierKey, ...]:
        earlier = self.earlier_keys
        # Generation 0 was drawn, not chained: the key that it was born under has made nothing yet.
        if redeemed.key_id != self.key_id and self.generation > 0:
            earlier = (*earlier, EarlierKey(self.key_id, self.generation))
        return tuple(key for key in earlier if key.until_generation > redeemed.answer.generation - MAX_STEPS)


@dataclass(frozen=True, slots=True)
class Redeem:
    """It is the current token: make *answer*, made with *key_id*, current, if the row still stands as it was read.

    Of a client whose tokens are not rotated, the answer is the token itself.
    """

    answer: RefreshToken
    key_id: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """It was current a moment ago, in a race or before a lost answer: *answer* is current now; change nothing."""

    answer: RefreshToken


@dataclass(frozen=True, slots=True)
class Reuse:
    """It proves itself and is too old: two parties hold this family. End it (RFC 9700 §4.14.2)."""

    generations_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Not good, and nothing follows from it; *code* says why."""

    code: str


Verdict = Redeem | Repeat | Reuse | Refuse


def judge(
    token: RefreshToken, row: Family, *, now_ms: int, keys: RotationKeys, lifetimes: Lifetimes, rotates: bool
) -> Verdict:
    """Say what a presented token is worth. Pure: reads the row, changes nothing.

    Args:
        now_ms: The database's time when *row* was read.
        keys: The current rotation key, and those named by ``row.key_ids``.
        lifetimes: The client's; its two windows decide between a race and a theft.
        rotates: Whether the client gets another token for each one; False keeps the current one (FAPI 2.0 §5.3.2.1).

    Raises:
        SealError: a rotation key that it takes is not there (`sealing_key_unknown`).
    """
    if row.generation < token.generation:
        # Only a database restored from a backup can be behind a token that it once gave out, and only then is it a
        # token at all; it cannot be proven, so nothing is revoked for it.
        return Refuse(code="refresh_token_ahead")
    current = _hash_forward(token, row, keys)
    if current is None or not hmac.compare_digest(digest(current.secret), row.secret_digest):
        return Refuse(code="refresh_token_unproven")
    over = _why_over(row, now_ms=now_ms)
    if over is not None:
        return over
    if token.generation == row.generation:
        return _redeemed(token, row, keys, rotates=rotates)
    if _is_within_windows(token, row, now_ms=now_ms, lifetimes=lifetimes):
        return Repeat(current)
    return Reuse(row.generation - token.generation)


def _redeemed(token: RefreshToken, row: Family, keys: RotationKeys, *, rotates: bool) -> Redeem:
    if not rotates:
        return Redeem(token, row.key_id)
    key_id = keys.current_key_id
    return Redeem(token.successor(rotation_key=keys.rotation_key(key_id)), key_id)


def _why_over(row: Family, *, now_ms: int) -> Refuse | None:
    if row.ended_at_ms is not None:
        return Refuse(code="refresh_token_revoked")
    if now_ms >= min(row.idle_expires_at_ms, row.absolute_expires_at_ms):
        return Refuse(code="refresh_token_expired")
    return None


def _hash_forward(token: RefreshToken, row: Family, keys: RotationKeys) -> RefreshToken | None:
    if row.generation - token.generation > MAX_STEPS:
        return None
    while token.generation < row.generation:
        token = token.successor(rotation_key=keys.rotation_key(row.key_after(token.generation)))
    return token


def _is_within_windows(token: RefreshToken, row: Family, *, now_ms: int, lifetimes: Lifetimes) -> bool:
    rotated_out = row.rotated_out_at_ms(token.generation)
    if rotated_out is None:
        return False
    age_ms = now_ms - rotated_out
    # The current generation has by definition never been redeemed, so its predecessor may be all its client ever got.
    answer_was_lost = token.generation == row.generation - 1 and age_ms < lifetimes.lost_answer_ms
    return answer_was_lost or age_ms < lifetimes.reuse_window_ms


class RefreshTokens(Protocol):
    """Where refresh families are kept."""

    async def add(self, family: Family) -> None:
        """Store a new family."""

    async def find(self, family: bytes) -> tuple[Family, int] | None:
        """Return the family's row and the database's time of reading it, in milliseconds."""

    async def advance(self, family: Family, *, from_generation: int, from_digest: bytes) -> bool:
        """Store *family* over the row that still has this generation and digest and has not ended.

        One conditional update: of any number of callers exactly one gets True.
        """
