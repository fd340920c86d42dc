"""Scope sets and their grammar (RFC 6749 §3.3)."""

import re
from typing import Final

_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def is_scope(text: str) -> bool:
    """Say whether *text* is one scope: printable ASCII without space, double quote and backslash."""
    return _SCOPE.fullmatch(text) is not None


def parse_scopes(text: str) -> frozenset[str]:
    """Read scopes parted by single spaces; an empty text is the empty set.

    Raises:
        ValueError: Some part is no scope.
    """
    if not text:
        return frozenset()
    parts = text.split(" ")
    if not all(map(is_scope, parts)):
        raise ValueError("scopes are printable ASCII, parted by single spaces")
    return frozenset(parts)
