"""Sessions in Valkey or Redis, for all processes of a service.

    ValkeySessions(valkey.Valkey(host="cache", socket_timeout=0.5))                 # Flask, synchronous Django
    AsyncValkeySessions(valkey.asyncio.Valkey(host="cache", socket_timeout=0.5))    # Starlette, FastAPI

A session that the store lost is over, and its owner signs in again: keep them where they outlive a restart
(`appendonly yes`), and let the store evict nothing else first.
"""

import math
from typing import Any, Final

from valkey import Valkey, ValkeyError
from valkey.asyncio import Valkey as AsyncValkey

from tokensmith.client import ServerUnavailableError

_PREFIX: Final = "tokensmith-bff:"
# Whoever took longer than its claim lasts must not take back what is another's by now.
_RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class ValkeySessions:
    """A `SessionStore` over a blocking client; in an event loop it would hold up everybody.

    Args:
        client: With a `socket_timeout`, which is how long a request waits for a store that does not answer.
    """

    def __init__(self, client: Valkey) -> None:
        self._client = client

    async def load(self, name: str) -> str | None:
        """Return a session's content."""
        return _text(self._do("get", _PREFIX + name))

    async def save(self, name: str, content: str, *, seconds: float) -> None:
        """Keep a session's content for so many seconds."""
        self._do("set", _PREFIX + name, content, px=_milliseconds(seconds))

    async def replace(self, name: str, content: str, *, seconds: float) -> bool:
        """Do the same for a session that is there."""
        return bool(self._do("set", _PREFIX + name, content, px=_milliseconds(seconds), xx=True))

    async def delete(self, name: str) -> None:
        """Forget a session."""
        self._do("delete", _PREFIX + name)

    async def claim(self, name: str, *, by: str, seconds: float) -> bool:
        """Say who alone may renew it."""
        return bool(self._do("set", _claim_of(name), by, px=_milliseconds(seconds), nx=True))

    async def release(self, name: str, *, by: str) -> None:
        """Take that back."""
        self._do("eval", _RELEASE, 1, _claim_of(name), by)

    def _do(self, command: str, *arguments: Any, **options: Any) -> Any:
        try:
            return getattr(self._client, command)(*arguments, **options)
        except (ValkeyError, OSError) as error:
            raise _unavailable(error) from error


class AsyncValkeySessions:
    """The same over an asynchronous client."""

    def __init__(self, client: AsyncValkey) -> None:
        self._client = client

    async def load(self, name: str) -> str | None:
        """Return a session's content."""
        return _text(await self._do("get", _PREFIX + name))

    async def save(self, name: str, content: str, *, seconds: float) -> None:
        """Keep a session's content for so many seconds."""
        await self._do("set", _PREFIX + name, content, px=_milliseconds(seconds))

    async def replace(self, name: str, content: str, *, seconds: float) -> bool:
        """Do the same for a session that is there."""
        return bool(await self._do("set", _PREFIX + name, content, px=_milliseconds(seconds), xx=True))

    async def delete(self, name: str) -> None:
        """Forget a session."""
        await self._do("delete", _PREFIX + name)

    async def claim(self, name: str, *, by: str, seconds: float) -> bool:
        """Say who alone may renew it."""
        return bool(await self._do("set", _claim_of(name), by, px=_milliseconds(seconds), nx=True))

    async def release(self, name: str, *, by: str) -> None:
        """Take that back."""
        await self._do("eval", _RELEASE, 1, _claim_of(name), by)

    async def _do(self, command: str, *arguments: Any, **options: Any) -> Any:
        try:
            return await getattr(self._client, command)(*arguments, **options)
        except (ValkeyError, OSError) as error:
            raise _unavailable(error) from error


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _claim_of(name: str) -> str:
    return f"{_PREFIX}{name}:renewing"


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))


def _unavailable(error: Exception) -> ServerUnavailableError:
    return ServerUnavailableError("Sessions cannot be reached.", code="sessions_unavailable", detail=str(error))
