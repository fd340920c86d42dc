"""DPoP nonces that nobody has to remember (RFC 9449 §8, §9): a MAC of the present minute.

Whoever has the secret agrees with every other process that has it. A nonce bounds a proof's age by our clock instead of
its maker's: proofs that somebody had made in advance, on a device that was in their hands for a while, come too late.
"""

import hmac
from typing import Final

from tokensmith.jose import base64url
from tokensmith.jose.jwt import Clock

SLOT_SECONDS: Final = 60
"""A nonce is good for one slot, and for the next: 60 to 120 seconds."""
LEAST_SECRET_BYTES: Final = 32
# What else the same secret may be used for, its MACs are not nonces.
_PURPOSE: Final = b"tokensmith dpop nonce "
# The previous slot; this one; and the next, of a process whose clock is ahead of ours.
_GOOD: Final = (0, -1, 1)


class Nonces:
    """Makes nonces and knows its own.

    Args:
        secret: Shared by all processes of the service; 32 random bytes or more.
        clock: Says the time.

    Raises:
        ValueError: The secret is too short.
    """

    def __init__(self, secret: bytes, *, clock: Clock) -> None:
        if len(secret) < LEAST_SECRET_BYTES:
            raise ValueError(f"a nonce secret has {LEAST_SECRET_BYTES} bytes or more")
        self._secret = secret
        self._now = clock.now

    def current(self) -> str:
        """Return the nonce that proofs made from now on shall have."""
        return self._of_slot(0)

    def is_good(self, nonce: object) -> bool:
        """Say whether *nonce* is one of ours, and recent."""
        if not isinstance(nonce, str) or not nonce.isascii():
            return False
        return any(hmac.compare_digest(self._of_slot(slot), nonce) for slot in _GOOD)

    def _of_slot(self, distance: int) -> str:
        slot = int(self._now()) // SLOT_SECONDS + distance
        return base64url.encode(hmac.digest(self._secret, _PURPOSE + str(slot).encode("ascii"), "sha256"))
