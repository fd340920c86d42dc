"""What a person is asked to allow, line by line and in plain words (Core §3.1.2.4, ASVS 10.7)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.flows.wanted_access import WantedAccess
from tokensmith.server.web.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """One line of the question; *service* is None for the server itself."""

    text: str
    service: str | None
    is_new: bool


def scope_lines(access: WantedAccess, texts: Texts, *, new: dict[ResourceId, frozenset[str]]) -> Iterator[ScopeLine]:
    """Return the question line by line: what the server tells first, then service by service."""
    for resource in sorted(access.resources, key=lambda each: (each.id != IDENTITY, each.audience)):
        for scope in sorted(access.scopes[resource.id]):
            service = None if resource.id == IDENTITY else (resource.title or resource.audience)
            is_new = scope in new.get(resource.id, frozenset())
            yield ScopeLine(text=_words(resource, scope, texts), service=service, is_new=is_new)


def _words(resource: Resource, scope: str, texts: Texts) -> str:
    if resource.id == IDENTITY:
        return texts(f"scope_{scope}")
    return resource.texts.get(scope, scope)
