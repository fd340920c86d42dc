"""Resource servers: whom tokens are for, and which scopes each of them knows (RFC 8707 §2, RFC 6749 §3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from tokensmith.guard.scopes import is_scope
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.errors import InvalidRequestError, InvalidTargetError
from tokensmith.server.domain.ids import ClientId, ResourceId

MAX_AUDIENCE_CHARACTERS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A service that takes our tokens.

    Attributes:
        audience: The absolute URI that goes into ``aud``.
        scopes: Every scope the service knows.
        client_id: The client by which the service itself may ask the server about tokens (RFC 7662), if it has one.
        title: What people are shown; None for the audience itself.
        texts: What scopes allow, in words for people, by scope.
        is_open: Programs that register themselves may ask for its scopes.
        details: Which types of authorization details it knows (RFC 9396), by type.
    """

    id: ResourceId
    audience: str
    scopes: frozenset[str]
    client_id: ClientId | None
    title: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False
    details: Mapping[str, DetailType] = field(default_factory=dict)


def check_audience(uri: str) -> str:
    """Return *uri* if it can name a resource: absolute, no fragment (RFC 8707 §2).

    Raises:
        InvalidTargetError: it cannot.
    """
    parts = urlsplit(uri) if uri.isascii() and uri.isprintable() and " " not in uri else None
    absolute = parts is not None and parts.scheme and (parts.netloc or parts.path) and "#" not in uri
    if not absolute or len(uri) > MAX_AUDIENCE_CHARACTERS:
        raise InvalidTargetError("A resource is an absolute URI without a fragment.", detail=repr(uri[:600]))
    return uri


def check_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return *names* as a set of scope tokens (RFC 6749 §3.3).

    Raises:
        InvalidRequestError: one of them is no scope token (`bad_scope`).
    """
    found = frozenset(names)
    for name in found:
        if not is_scope(name):
            raise InvalidRequestError("That is not a scope token.", code="bad_scope", detail=repr(name))
    return found


class Resources(Protocol):
    """Where resource servers are kept."""

    async def add(self, resource: Resource) -> None:
        """Store a new resource.

        Raises:
            ConflictError: the audience is taken (`resource_exists`).
        """

    async def put(self, resource: Resource) -> None:
        """Store a resource in the place of the one with its id, or as a new one."""

    async def find(self, resource_id: ResourceId) -> Resource | None:
        """Return the resource with this id."""

    async def find_by_audience(self, audience: str) -> Resource | None:
        """Return the resource with exactly this audience URI."""

    async def all(self) -> tuple[Resource, ...]:
        """Return every resource, by audience."""

    async def served_by(self, client_id: ClientId) -> tuple[Resource, ...]:
        """Return the resources whose own client this is."""
