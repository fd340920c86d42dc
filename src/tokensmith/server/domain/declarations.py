"""An operator's file of services and programs, read into what they are to be (`tokensmith apply`)."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.client_tables import DeclaredClient, convert_table, read_client_table
from tokensmith.server.domain.errors import ConflictError, DeclarationError, OAuthError, UnavailableError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.resources import Resource, check_audience, check_scopes

RESOURCES: Final = "resources"
CLIENTS: Final = "clients"
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: a table of tables for each kind."""

    resources: Mapping[str, object] = msgspec.field(default_factory=dict)
    clients: Mapping[str, object] = msgspec.field(default_factory=dict)


class _DetailTable(DetailType, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The members of a type of authorization details."""


class _ResourceTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The members of a resource's table; scopes with what each allows, or their names alone."""

    scopes: Mapping[str, str] | tuple[str, ...]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    client: str | None = None
    open: bool = False
    details: Mapping[str, _DetailTable] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResource:
    """A resource as a file has it; see `Resource` for the attributes that it shares with it."""

    audience: str
    scopes: frozenset[str]
    client_id: ClientId | None
    title: str | None
    texts: Mapping[str, str]
    is_open: bool
    details: Mapping[str, DetailType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """What a file says."""

    resources: tuple[DeclaredResource, ...]
    clients: tuple[DeclaredClient, ...]


def read_declarations(file: Mapping[str, object]) -> Declarations:
    """Read a file's tables.

    Raises:
        DeclarationError: there is something in it that is not known, or that cannot be; see `read_client_table`.
    """
    tables = convert_table(file, _File)
    resources, clients = [], []
    for audience, members in tables.resources.items():
        with within(table_name(RESOURCES, audience)):
            resources.append(_read_resource_table(audience, members))
    for client_id, members in tables.clients.items():
        with within(table_name(CLIENTS, client_id)):
            clients.append(read_client_table(client_id, convert_table(members, dict[str, object])))
    return Declarations(resources=tuple(resources), clients=tuple(clients))


def told_resource(resource: Resource) -> dict[str, JsonValue]:
    """Return a resource in the words of the file."""
    told: dict[str, JsonValue] = {
        dotted("scopes", name): resource.texts.get(name, "") for name in sorted(resource.scopes)
    }
    for name, kind in sorted(resource.details.items()):
        told[dotted("details", name)] = {"text": kind.text, "members": list(kind.members)}
    return told | {"title": resource.title, "client": resource.client_id, "open": resource.is_open}


def table_name(kind: str, name: str) -> str:
    """Return the heading of a table, as it stands in the file."""
    return f"[{dotted(kind, name)}]"


def dotted(*keys: str) -> str:
    """Return a path of keys as TOML writes it: in quotes, where one is no bare key."""
    return ".".join(key if _BARE_KEY.fullmatch(key) else msgspec.json.encode(key).decode() for key in keys)


@contextmanager
def within(table: str) -> Iterator[None]:
    """Say of everything that is refused in here which table it is about.

    Raises:
        DeclarationError: it was refused; with the code of a `DeclarationError`, or as one that cannot be.
    """
    try:
        yield
    except DeclarationError as error:
        raise DeclarationError(f"{table} {error}", code=error.code, detail=error.detail) from None
    except (ConflictError, OAuthError) as error:
        if isinstance(error, UnavailableError):
            raise
        raise DeclarationError(f"{table} {error}", detail=error.detail) from None


def _read_resource_table(audience: str, members: object) -> DeclaredResource:
    table = convert_table(members, _ResourceTable)
    texts = table.scopes if isinstance(table.scopes, Mapping) else dict.fromkeys(table.scopes, "")
    return DeclaredResource(
        audience=check_audience(audience),
        scopes=check_scopes(texts),
        client_id=None if table.client is None else ClientId(table.client),
        title=table.title,
        texts={name: text for name, text in texts.items() if text},
        is_open=table.open,
        details={name: DetailType(text=kind.text, members=kind.members) for name, kind in table.details.items()},
    )
