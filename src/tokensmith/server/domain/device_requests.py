"""Devices that wait for a person to connect them: a code for the device, a short one for the person (RFC 8628).

The short one is what somebody reads aloud or types in, so it can be guessed at; it is good for ten minutes, says
nothing by itself, and every try is counted. Nothing happens without a person who is signed in and has seen whom they
let in (RFC 8628 §5.4, RFC 10027).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId

DEVICE_SECONDS: Final = 600
INTERVAL_SECONDS: Final = 5
SLOWER_SECONDS: Final = 5
# RFC 8628 §6.1: no vowels, so no words, and nothing that looks like something else. 20^8 is 34 bits.
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_CHARACTERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRequest:
    """A device that waits.

    Attributes:
        digest: SHA-256 of the device's code.
        user_code: The person's code, as `normal_user_code` writes it.
        parameters: What the device asked for.
        interval_seconds: How long it has to wait between two questions.
        next_poll_ms: Before that it is asking too soon.
        grant_id: What a person gave it, for *resource_id* first; None as long as nobody has.
        denied: A person said no.
    """

    digest: bytes
    user_code: str
    client_id: ClientId
    parameters: Mapping[str, str]
    resources: tuple[str, ...]
    interval_seconds: int
    next_poll_ms: int
    expires_at_ms: int
    grant_id: GrantId | None = None
    resource_id: ResourceId | None = None
    denied: bool = False


def new_user_code() -> str:
    """Draw a code for a person."""
    return "".join(secrets.choice(ALPHABET) for _ in range(USER_CODE_CHARACTERS))


def normal_user_code(text: str) -> str | None:
    """Return the code that somebody typed, however they did (RFC 8628 §6.1); None where it can be none."""
    letters = "".join(character for character in text[:40].upper() if character not in " -_.\t")
    return letters if len(letters) == USER_CODE_CHARACTERS and set(letters) <= set(ALPHABET) else None


def shown_user_code(code: str) -> str:
    """Return a code as people read it: in two halves."""
    return f"{code[:4]}-{code[4:]}"


class DeviceRequests(Protocol):
    """Where waiting devices are kept."""

    async def add(self, request: DeviceRequest) -> bool:
        """Store a new one; False where the person's code is taken."""

    async def find(self, digest: bytes) -> DeviceRequest | None:
        """Return the one with this digest, in time or not."""

    async def find_by_user_code(self, user_code: str) -> DeviceRequest | None:
        """Return the one with this code that is in time and that nobody has answered."""

    async def polled(self, digest: bytes, *, interval_seconds: int, next_poll_ms: int) -> None:
        """Note that it has asked, and when it may again."""

    async def answer(self, digest: bytes, *, grant_id: GrantId | None, resource_id: ResourceId | None) -> bool:
        """Store what a person gave it, or that they said no (both None).

        Of any number of callers exactly one gets True, and nobody after its time.
        """

    async def remove(self, digest: bytes) -> bool:
        """Take it out: its tokens were fetched. Of any number of callers exactly one gets True."""

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* that are over; returns how many."""
