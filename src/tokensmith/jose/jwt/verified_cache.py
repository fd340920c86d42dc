"""What a verifier remembers of tokens it has verified: by their SHA-256, bounded, and off unless asked for.

The tokens themselves are not kept, so a look into memory finds none that could be used. A cache belongs to one verifier
and dies with it; whoever asks it still has to ask for the time, and for the key.
"""

from hashlib import sha256
from typing import Generic, TypeVar

_RememberedT = TypeVar("_RememberedT")


class VerifiedCache(Generic[_RememberedT]):
    """At most *size* results, in two generations: the older is let go when the younger is full.

    Whatever was found since the last change of generations survives the next one, and no lock is needed: each step is
    one operation on a dict.

    Raises:
        TypeError, ValueError: *size* is no whole number, or below 2.
    """

    __slots__ = ("_half", "_old", "_young")

    def __init__(self, size: int) -> None:
        if type(size) is not int:
            raise TypeError("cache_size is a whole number.")
        if size < 2:
            raise ValueError("cache_size is 0, or at least 2.")
        self._half = size // 2
        self._young: dict[bytes, _RememberedT] = {}
        self._old: dict[bytes, _RememberedT] = {}

    def find(self, digest: bytes) -> _RememberedT | None:
        """Return what was put under *digest*, if it is still here."""
        found = self._young.get(digest)
        if found is None and (found := self._old.get(digest)) is not None:
            self.put(digest, found)
        return found

    def put(self, digest: bytes, remembered: _RememberedT) -> None:
        """Remember something."""
        if len(self._young) >= self._half:
            self._old = self._young
            self._young = {}
        self._young[digest] = remembered

    def forget(self, digest: bytes) -> None:
        """Let one thing go."""
        self._young.pop(digest, None)
        self._old.pop(digest, None)

    def clear(self) -> None:
        """Let everything go."""
        self._young = {}
        self._old = {}

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())


def fingerprint(token: str | bytes) -> bytes:
    """Digest a token; the same for its text and its ASCII bytes.

    Raises:
        TypeError: It is neither.
    """
    # What is no ASCII, lone surrogates included, is no token either and was never put under any digest.
    if isinstance(token, str):
        token = token.encode("utf-8", "surrogatepass")
    elif not isinstance(token, bytes):
        raise TypeError(f"A token is str or bytes, not {type(token).__name__}.")
    return sha256(token).digest()
