"""One type per identifier, so that a user's id cannot be handed in where a client's is asked for.

All but `ClientId` are 128 random bits, written as 26 lower-case base32 characters: safe in a URL, a log line and a
file name, and long enough that none is ever guessed or given twice (RFC 6749 §10.10).
"""

import base64
import secrets
from typing import NewType

UserId = NewType("UserId", str)
ClientId = NewType("ClientId", str)
ResourceId = NewType("ResourceId", str)
GrantId = NewType("GrantId", str)
SessionId = NewType("SessionId", str)
KeyId = NewType("KeyId", str)

_RANDOM_BYTES = 16


def random_id() -> str:
    """Make a new identifier: 128 random bits as 26 characters of `a-z2-7`."""
    return base64.b32encode(secrets.token_bytes(_RANDOM_BYTES)).rstrip(b"=").decode("ascii").lower()
