"""Random secrets, and the digest that is stored instead of them.

One SHA-256 pass is enough here and would not be for a password: the secret has 256 random bits, so there is nothing to
guess, and a thief of the database holds only digests (RFC 6749 §10.10, RFC 9700 §4.14.2).
"""

import hashlib
import hmac
import secrets

SECRET_BYTES = 32
CLIENT_SECRET_PREFIX = "tsc_"


def new_client_secret() -> str:
    """Make a client secret: a prefix that leak scanners can find, then 256 random bits in base64url."""
    return CLIENT_SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str | bytes) -> bytes:
    """Return the 32 bytes that are stored for a generated secret."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def matches(secret: str | bytes, stored_digest: bytes) -> bool:
    """Tell whether *secret* is the one behind *stored_digest*, in constant time."""
    return hmac.compare_digest(digest(secret), stored_digest)
