"""Signing keys in a PKCS#11 token, for the event loop: one thread waits for the token, and nobody else does."""

import asyncio
import functools
import os
import secrets
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from tokensmith.jose import Key, jws
from tokensmith.jose.errors import JoseError
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.key_providers import ProvidedKey
from tokensmith.server.gateways.pkcs11_session import Pkcs11Session
from tokensmith.server.settings import SettingsError

T = TypeVar("T")

ANSWER_SECONDS: Final = 10.0
# A small token may take half a minute for an RSA key, and nobody waits for it.
GENERATE_SECONDS: Final = 120.0
_KEY_ID_BYTES: Final = 16


class Pkcs11Keys:
    """Satisfies `KeyProvider`."""

    def __init__(self, session: Pkcs11Session, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Take the login; *answer_seconds* is how long an answer is waited for, those before it included."""
        self._session = session
        self._answer_seconds = answer_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pkcs11")

    async def check(self) -> None:
        """Find out whether the token can be used."""
        await self.run(self._session.check)

    async def generate(self, alg: str) -> ProvidedKey:
        """Make a key in the token, under a random id."""
        key_id = secrets.token_bytes(_KEY_ID_BYTES)
        try:
            public = await self._wait(lambda: self._session.generate(alg, key_id), seconds=GENERATE_SECONDS)
        except JoseError as error:
            text = "The PKCS#11 token made a key that cannot be used."
            raise UnavailableError(text, code="pkcs11_key_wrong", detail=f"{alg} {error}") from error
        return ProvidedKey(public=public, key_id=key_id.hex())

    async def open(self, key_id: str, public: Key) -> Key:
        """Return *public* as a key that signs, and try it: tokens are exchanged and restored, too."""
        key = public.with_signer(functools.partial(self._session.sign, public.alg, bytes.fromhex(key_id)))
        signed = await self.run(lambda: jws.sign(b"", key))
        try:
            jws.verify(signed, public)
        except JoseError as error:
            text = "The PKCS#11 token does not sign with this key."
            raise UnavailableError(text, code="pkcs11_key_wrong", detail=f"{public.kid} {key_id}") from error
        return key

    async def destroy(self, key_id: str) -> None:
        """Destroy a key; one that is not there has been."""
        await self.run(lambda: self._session.destroy(bytes.fromhex(key_id)))

    async def run(self, work: Callable[[], T]) -> T:
        """Run something that signs, on the thread.

        Raises:
            UnavailableError: the token does not sign, or does not answer in time (`pkcs11_slow`).
        """
        return await self._wait(work, seconds=self._answer_seconds)

    async def close(self) -> None:
        """Log out; a token that does not answer is left."""
        with suppress(UnavailableError):
            await self.run(self._session.close)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _wait(self, work: Callable[[], T], *, seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except TimeoutError as error:
            text = "The PKCS#11 token does not answer."
            raise UnavailableError(text, code="pkcs11_slow", detail=f"{seconds} s") from error


def read_pin(path: Path) -> str:
    """Read a PIN from the first line of a file.

    Raises:
        SettingsError: it cannot be read, holds none, or is open to others than its owner and group.
    """
    try:
        with path.open("rb") as file:
            # A group may read it: that is how orchestrators hand secrets to a process that is not root.
            is_exposed = os.fstat(file.fileno()).st_mode & (stat.S_IRWXO | stat.S_IWGRP)
            pin = file.readline().decode("utf-8", "replace").rstrip("\r\n")
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", setting="pkcs11_pin_file") from error
    if is_exposed:
        raise SettingsError("is open to others: chmod 600", setting="pkcs11_pin_file")
    if not pin:
        raise SettingsError("holds no PIN", setting="pkcs11_pin_file")
    return pin
