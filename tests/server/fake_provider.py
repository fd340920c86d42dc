"""A provider of keys that has them in a dictionary, for flows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tokensmith.jose import Key
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.key_providers import ProvidedKey

T = TypeVar("T")


@dataclass
class FakeKeyProvider:
    """Satisfies `KeyProvider`. *away*: it does not answer; *ran* counts what was signed by way of it."""

    keys: dict[str, Key] = field(default_factory=dict)
    away: bool = False
    ran: int = 0
    made: int = 0

    async def check(self) -> None:
        self._answer()

    async def generate(self, alg: str) -> ProvidedKey:
        self._answer()
        self.made += 1
        key, key_id = Key.generate(alg), f"key {self.made}"
        self.keys[key_id] = key
        return ProvidedKey(public=key.public(), key_id=key_id)

    async def open(self, key_id: str, public: Key) -> Key:
        self._answer()
        return public.with_signer(lambda signing_input: self._sign(key_id, signing_input))

    async def destroy(self, key_id: str) -> None:
        self._answer()
        self.keys.pop(key_id, None)

    async def run(self, work: Callable[[], T]) -> T:
        self._answer()
        self.ran += 1
        return work()

    def _sign(self, key_id: str, signing_input: bytes) -> bytes:
        self._answer()
        return self.keys[key_id].sign_bytes(signing_input)

    def _answer(self) -> None:
        if self.away:
            raise UnavailableError("Nobody there.", code="pkcs11_failed")
