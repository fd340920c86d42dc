"""What a password must be, and the port behind which it is hashed (NIST SP 800-63B-4 §3.1.1, RFC 8265 §4).

No composition rules: length is what counts. Normalising to NFC makes one password of the two ways in which keyboards
send an accented letter.
"""

import unicodedata
from typing import Protocol

from tokensmith.server.domain.errors import InvalidRequestError

MIN_NEW_CHARACTERS = 8
MAX_BYTES = 1024


def normalized(password: str) -> str:
    """Return the password as it is hashed: NFC, nothing else changed (RFC 8265 §4.2.2, OpaqueString).

    Raises:
        InvalidRequestError: empty or longer than 1,024 bytes in UTF-8, before any hashing (a hash of megabytes is a
            way to keep the server busy).
    """
    encoded_bytes = len(password.encode("utf-8", "surrogatepass"))
    if not 0 < encoded_bytes <= MAX_BYTES:
        raise InvalidRequestError("A password has 1 to 1024 bytes.", code="bad_password")
    return unicodedata.normalize("NFC", password)


def check_new(password: str) -> str:
    """Return the normalised form of a password somebody chooses.

    Raises:
        InvalidRequestError: shorter than 8 characters, or longer than 1,024 bytes.
    """
    result = normalized(password)
    if len(result) < MIN_NEW_CHARACTERS:
        raise InvalidRequestError("A new password has at least 8 characters.", code="password_too_short")
    return result


class PasswordHasher(Protocol):
    """Argon2id behind a bounded pool of threads (RFC 9106). All passwords come in normalised."""

    async def hash(self, password: str) -> str:
        """Return a PHC string for a new password.

        Raises:
            UnavailableError: too many are waiting already (`hashing_queue_full`).
        """

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right; with no hash, do the same work and say no.

        Raises:
            UnavailableError: too many are waiting already (`hashing_queue_full`).
        """

    def needs_rehash(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
