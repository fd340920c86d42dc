"""Where the keys of one issuer come from: the protocol, and keys that an operator fixed."""

from collections.abc import Mapping
from typing import Protocol

from tokensmith.jose import Key, KeySet
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.outside import Outside


class KeySource(Protocol):
    """The keys of one issuer. A token's header chooses among them and can never add to them (RFC 8725 §3.10)."""

    @property
    def promises_status(self) -> bool:
        """Whether the issuer's metadata says that its tokens have a status list."""
        ...

    @property
    def status_feed(self) -> str | None:
        """Where the issuer's metadata says that changes of status lists are told, or None."""
        ...

    async def find(self, header: Mapping[str, JsonValue], outside: Outside) -> Key:
        """Return the key that *header* names.

        Raises:
            RefusedTokenError: There is no such key, or not exactly one.
            UnavailableError: The keys could not be had.
        """
        ...

    def expire(self) -> None:
        """Take what is held for outdated: something is known to have changed."""
        ...

    def age(self, now: float) -> float | None:
        """Return the seconds since what is held was asked for; None where nothing is held or nothing ages."""
        ...


class FixedKeys:
    """Keys that were configured, and that change with a new configuration only."""

    promises_status = False
    status_feed = None

    def __init__(self, keys: Key | KeySet) -> None:
        self._keys = keys if isinstance(keys, KeySet) else KeySet([keys])

    async def find(self, header: Mapping[str, JsonValue], outside: Outside) -> Key:  # noqa: ARG002  # asks nobody
        """Return the key that *header* names, or raise `RefusedTokenError`."""
        return self._keys.find(header)

    def expire(self) -> None:
        """Do nothing: there is nowhere to ask again."""

    def age(self, now: float) -> None:
        """Return None."""
