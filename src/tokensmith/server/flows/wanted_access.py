"""What an authorization request comes to: which services, and which scopes at each (RFC 8707 §2.1, RFC 6749 §3.3).

Scopes of OpenID Connect are those of the server itself (`domain/identity.py`), all others those of a service: the ones
that were named, or the client's default. So one request may reach several services, and each gets tokens of its own.
"""

from dataclasses import dataclass

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidScopeError, InvalidTargetError
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES, OFFLINE_ACCESS, OPENID
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.domain.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAccess:
    """What a person would allow: scopes by resource, each with at least one.

    *first* is the resource that tokens are for where nobody says which.
    """

    scopes: dict[ResourceId, frozenset[str]]
    resources: tuple[Resource, ...]
    first: ResourceId

    @property
    def offline(self) -> bool:
        """Whether it goes on when the person has signed out (Core §11)."""
        return OFFLINE_ACCESS in self.scopes.get(IDENTITY, frozenset())

    @property
    def fingerprint(self) -> str:
        """Short text that is another one for other scopes: what a page has shown is what it is answered about."""
        listed = "\n".join(
            f"{resource_id} {' '.join(sorted(names))}" for resource_id, names in sorted(self.scopes.items())
        )
        return digest(listed).hex()[:32]


async def wanted_access(
    uow: UnitOfWork, client: Client, user: User, *, scopes: frozenset[str] | None, named: tuple[str, ...]
) -> WantedAccess:
    """Return what of a request this person can allow this client.

    Raises:
        InvalidTargetError: a resource that was named is not known.
        InvalidScopeError: nothing is left.
    """
    asked = scopes or frozenset()
    client_may, user_may = await uow.clients.scopes(client.id), await uow.users.scopes(user.id)
    services = await _services(uow, client, asked, named)
    of_services = asked - IDENTITY_SCOPES
    found: dict[ResourceId, frozenset[str]] = {}
    for resource in services:
        may = client_may.get(resource.id, frozenset()) & user_may.get(resource.id, frozenset())
        # RFC 6749 §3.3: who asks for no scope of a service gets what there is, and is told.
        found[resource.id] = may & of_services if of_services else may
    found[IDENTITY] = _identity(client, asked) & client_may.get(IDENTITY, frozenset())
    left = {resource_id: names for resource_id, names in found.items() if names}
    if not left:
        text = "None of these scopes can be had here."
        raise InvalidScopeError(text, code="scope_empty", detail=f"{client.id} asked {sorted(asked)} at {named}")
    kept = tuple(resource for resource in await _all(uow, services) if resource.id in left)
    return WantedAccess(scopes=left, resources=kept, first=next(iter(left)))


def _identity(client: Client, asked: frozenset[str]) -> frozenset[str]:
    if OPENID not in asked:
        return frozenset()
    wanted = asked & IDENTITY_SCOPES
    # Core §11: ignored, not refused, where the client could do nothing with it.
    return wanted if client.refreshes else wanted - {OFFLINE_ACCESS}


async def _services(
    uow: UnitOfWork, client: Client, asked: frozenset[str], named: tuple[str, ...]
) -> tuple[Resource, ...]:
    if not named:
        wants_service = not asked or asked - IDENTITY_SCOPES
        default = client.default_resource_id if wants_service else None
        found = await uow.resources.find(default) if default is not None else None
        return (found,) if found is not None and found.id != IDENTITY else ()
    resources = []
    for audience in dict.fromkeys(named):
        resource = await uow.resources.find_by_audience(audience)
        if resource is None:
            raise InvalidTargetError("No such resource.", detail=f"asked {audience!r:.300}")
        if resource.id != IDENTITY:
            resources.append(resource)
    return tuple(resources)


async def _all(uow: UnitOfWork, services: tuple[Resource, ...]) -> tuple[Resource, ...]:
    identity = await uow.resources.find(IDENTITY)
    return services if identity is None else (*services, identity)
