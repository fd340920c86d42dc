"""Where private keys may be kept that can be used and not read: a PKCS#11 token, a key management service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tokensmith.jose import Key

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedKey:
    """A key that a provider has made.

    Attributes:
        public: Its public half, under its RFC 7638 thumbprint.
        key_id: What the provider calls it. No secret: it finds the key for whoever may use it anyway.
    """

    public: Key
    key_id: str


class KeyProvider(Protocol):
    """Makes, uses and destroys private keys. Each method may raise `UnavailableError`; nobody else can sign then."""

    async def check(self) -> None:
        """Find out whether keys can be used."""

    async def generate(self, alg: str) -> ProvidedKey:
        """Make a key that never leaves."""

    async def open(self, key_id: str, public: Key) -> Key:
        """Return *public* as a key that signs. It has been tried: what it signs, *public* verifies.

        Its signing blocks, and raises `UnavailableError`; on an event loop it is called by way of `run`.
        """

    async def destroy(self, key_id: str) -> None:
        """Destroy a key; one that is not there has been."""

    async def run(self, work: Callable[[], T]) -> T:
        """Run something that signs, on a thread for that; returns or raises what it does."""
