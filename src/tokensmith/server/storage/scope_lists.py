"""Scopes as they are kept: one per row where they are changed, in one text where they are only read."""

from collections import defaultdict
from collections.abc import Iterable

from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.storage.statements import Row

Scopes = dict[ResourceId, frozenset[str]]


def pairs(text: str | None) -> Iterable[Row]:
    """Read "resource scope resource scope …", as the database puts many rows into one value; None where there are none.

    Neither an id nor a scope holds a space (RFC 6749 §3.3).
    """
    words = iter((text or "").split())
    return zip(words, words, strict=True)


def by_resource(rows: Iterable[Row]) -> Scopes:
    """Collect rows of (resource, scope)."""
    found: defaultdict[ResourceId, set[str]] = defaultdict(set)
    for resource_id, scope in rows:
        found[ResourceId(resource_id)].add(scope)
    return {resource_id: frozenset(scopes) for resource_id, scopes in found.items()}


def joined(scopes: frozenset[str]) -> str:
    """Write scopes as one text, in one order (RFC 6749 §3.3: no scope holds a space)."""
    return " ".join(sorted(scopes))


def split(text: str) -> frozenset[str]:
    """Read what `joined` wrote."""
    return frozenset(text.split())
