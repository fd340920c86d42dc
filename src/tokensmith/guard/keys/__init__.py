"""Whose keys: where an issuer's keys come from."""

from tokensmith.guard.keys.remote import RemoteKeys
from tokensmith.guard.keys.source import FixedKeys, KeySource

__all__ = ["FixedKeys", "KeySource", "RemoteKeys"]
