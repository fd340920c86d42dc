"""Signs for all requests that wait, one after the other, once in each turn of the event loop.

A signature on a curve walks through tables of 150 kB, which pushes everything else out of the processor's nearest
cache: whatever runs after one takes up to twice its time. Sixteen requests at once pay for that once instead of sixteen
times; a request that comes alone is signed one turn of the loop later, which is microseconds.
"""

import asyncio
from collections.abc import Mapping

import msgspec

from tokensmith.jose import jwt
from tokensmith.jose.strict_json import JsonValue


class _Waiting(msgspec.Struct, frozen=True):
    signer: jwt.Signer
    claims: Mapping[str, JsonValue]
    answer: asyncio.Future[str]


class SigningRounds:
    """The queue of one process's event loop."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    async def sign(self, signer: jwt.Signer, claims: Mapping[str, JsonValue]) -> str:
        """Sign in the next round; result and errors are those of `jwt.Signer.sign`."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._sign_all)
        one = _Waiting(signer, claims, loop.create_future())
        self._waiting.append(one)
        return await one.answer

    def _sign_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            # Whoever was cancelled while waiting has cancelled the future.
            if not one.answer.done():
                _sign(one)


def _sign(one: _Waiting) -> None:
    try:
        one.answer.set_result(one.signer.sign(one.claims))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who asked
        one.answer.set_exception(error)
