"""What a client asks for beyond scopes, as a person reads it (RFC 9396 §3, §12)."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.authorization_details import Detail
from tokensmith.server.domain.resources import Resource
from tokensmith.server.flows.wanted_access import WantedAccess

_MARKS: Final = {True: "✓", False: "✗", None: "–"}
_EMPTY: Final = "–"
# What is not seen, or has what is around it read backwards (U+202E), would let one payment look like another.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailLine:
    """One of them: what its type allows, at which service, and everything that it says, name by name."""

    text: str
    service: str
    members: tuple[tuple[str, str], ...]


def detail_lines(access: WantedAccess) -> Iterator[DetailLine]:
    """Return them, service by service. Nothing is left out: what a person does not see, they do not allow."""
    for resource in access.resources:
        for detail in access.details.get(resource.id, ()):
            yield _line(resource, detail)


def _line(resource: Resource, detail: Detail) -> DetailLine:
    return DetailLine(
        text=resource.details[str(detail["type"])].text,
        service=resource.title or resource.audience,
        members=tuple(pair for name, value in detail.items() if name != "type" for pair in _pairs(name, value)),
    )


def _pairs(name: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping | list | tuple) and not value:
        yield _seen(name), _EMPTY
    elif isinstance(value, Mapping):
        for inner, one in value.items():
            yield from _pairs(f"{name} · {inner}", one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _pairs(name, one)
    else:
        yield _seen(name), _shown(value)


def _shown(value: JsonValue) -> str:
    if value is True or value is False or value is None:
        return _MARKS[value]
    return _seen(" ".join(str(value).split()))


def _seen(text: str) -> str:
    return "".join(_INSTEAD if unicodedata.category(character) in _UNSEEN else character for character in text)
