"""What an authorization request comes to: which services, and which scopes at each (RFC 8707 §2.1, RFC 6749 §3.3).

Scopes of OpenID Connect are those of the server itself (`domain/identity.py`), all others those of a service: the ones
that were named, or the client's default. So one request may reach several services, and each gets tokens of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tokensmith.server.domain.authorization_details import (
    Details,
    InvalidAuthorizationDetailsError,
    check_detail,
    written_details,
)
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
    """What a person would allow: scopes by resource, each with at least one, or with details instead.

    *first* is the resource that tokens are for where nobody says which.
    """

    scopes: dict[ResourceId, frozenset[str]]
    resources: tuple[Resource, ...]
    first: ResourceId
    details: Mapping[ResourceId, Details] = field(default_factory=dict)

    @property
    def offline(self) -> bool:
        """Whether it goes on when the person has signed out (Core §11)."""
        return OFFLINE_ACCESS in self.scopes.get(IDENTITY, frozenset())

    @property
    def fingerprint(self) -> str:
        """Short text that is another one for other scopes: what a page has shown is what it is answered about."""
        listed = "\n".join(
            f"{resource_id} {' '.join(sorted(names))} {written_details(self.details.get(resource_id, ()))}"
            for resource_id, names in sorted(self.scopes.items())
        )
        return digest(listed).hex()[:32]


async def wanted_access(
    uow: UnitOfWork,
    client: Client,
    user: User,
    *,
    scopes: frozenset[str] | None,
    named: tuple[str, ...],
    details: Details = (),
) -> WantedAccess:
    """Return what of a request this person can allow this client.

    Raises:
        InvalidAuthorizationDetailsError: of a type that nobody knows or this client or person may not ask for
            (`details_type`), or with a member that its type does not have.
        InvalidTargetError: a resource that was named is not known.
        InvalidScopeError: nothing is left.
    """
    asked = scopes or frozenset()
    client_may, user_may = await uow.clients.scopes(client.id), await uow.users.scopes(user.id)
    kept_details, of_details = await _details(uow, client, details, user_may)
    # Who asks for details alone does not mean everything there is.
    only_details = bool(details) and scopes is None
    services = () if only_details and not named else await _services(uow, client, asked, named)
    of_services = asked - IDENTITY_SCOPES
    found: dict[ResourceId, frozenset[str]] = {}
    for resource in services:
        may = client_may.get(resource.id, frozenset()) & user_may.get(resource.id, frozenset())
        # RFC 6749 §3.3: who asks for no scope of a service gets what there is, and is told.
        found[resource.id] = may & of_services if of_services else may
    found[IDENTITY] = _identity(client, asked) & client_may.get(IDENTITY, frozenset())
    for resource_id in kept_details:
        found.setdefault(resource_id, frozenset())
    left = {resource_id: names for resource_id, names in found.items() if names or resource_id in kept_details}
    if not left:
        text = "None of these scopes can be had here."
        raise InvalidScopeError(text, code="scope_empty", detail=f"{client.id} asked {sorted(asked)} at {named}")
    reached = {resource.id: resource for resource in (*await _all(uow, services), *of_details)}
    kept = tuple(resource for resource_id, resource in reached.items() if resource_id in left)
    first = next(iter(kept_details if only_details else left))
    return WantedAccess(scopes=left, resources=kept, first=first, details=kept_details)


async def _details(
    uow: UnitOfWork, client: Client, details: Details, user_may: dict[ResourceId, frozenset[str]]
) -> tuple[dict[ResourceId, Details], tuple[Resource, ...]]:
    if not details:
        return {}, ()
    known = {name: resource for resource in await uow.resources.all() for name in resource.details}
    found: dict[ResourceId, Details] = {}
    for detail in details:
        name = str(detail["type"])
        resource = known.get(name)
        if resource is None or name not in client.registration.detail_types or not user_may.get(resource.id):
            text = "That type of authorization_details is not offered."
            raise InvalidAuthorizationDetailsError(text, code="details_type", detail=f"{client.id} {name!r:.200}")
        check_detail(detail, resource.details[name])
        found[resource.id] = (*found.get(resource.id, ()), detail)
    reached = {resource.id: resource for resource in known.values() if resource.id in found}
    return found, tuple(reached.values())


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
