"""An operator's commands about resource servers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.ids import ClientId, ResourceId, random_id
from tokensmith.server.domain.resources import Resource, check_audience, check_scopes
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.identity_resource import name_identity
from tokensmith.server.flows.known_resource import known_resource


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageResources:
    """The flow."""

    store: Store

    async def create(
        self,
        audience: str,
        *,
        scopes: Iterable[str] | Mapping[str, str],
        client_id: str | None = None,
        title: str | None = None,
        is_open: bool = False,
    ) -> Resource:
        """Make a resource server known.

        Args:
            audience: The absolute URI that tokens for it carry in ``aud``.
            scopes: Every scope it knows; with what each allows, in words for people, where that is known.
            client_id: The client by which it may ask the server about its tokens, if it has one.
            title: What people are shown; None for the URI.
            is_open: Programs that register themselves may ask for its scopes.

        Raises:
            InvalidTargetError, InvalidRequestError: the URI or a scope cannot be one.
            ConflictError: the audience is taken (`resource_exists`), or no such client (`unknown_client`).
        """
        resource = Resource(
            id=ResourceId(random_id()),
            audience=check_audience(audience),
            scopes=check_scopes(scopes),
            client_id=ClientId(client_id) if client_id else None,
            title=title,
            is_open=is_open,
            texts={name: text for name, text in scopes.items() if text} if isinstance(scopes, Mapping) else {},
        )

        async def unit(uow: UnitOfWork) -> Resource:
            if resource.client_id is not None and await uow.clients.find(resource.client_id) is None:
                raise ConflictError(f"There is no client {resource.client_id!r}.", code="unknown_client")
            await uow.resources.add(resource)
            details = {"audience": audience, "scopes": " ".join(sorted(resource.scopes))}
            await uow.audit.record(AuditEvent(name=AuditName.RESOURCE_CREATED, details=details))
            return resource

        return await self.store.write(unit)

    async def know_details(self, audience: str, name: str, kind: DetailType) -> None:
        """Let a service know a type of authorization details (RFC 9396 §2.1), or know it otherwise.

        Raises:
            ConflictError: no such resource (`unknown_resource`), the server itself, or another service knows a type of
                this name (`detail_type_taken`).
        """

        async def unit(uow: UnitOfWork) -> None:
            resource = await known_resource(uow, audience)
            others = [one.audience for one in await uow.resources.all() if name in one.details and one != resource]
            if others or resource.id == IDENTITY:
                text = f"{name} is a type of {others[0] if others else 'no other service'}."
                raise ConflictError(text, code="detail_type_taken")
            await uow.resources.put(replace(resource, details={**resource.details, name: kind}))
            details = {"audience": audience, "detail_type": name[:200]}
            await uow.audit.record(AuditEvent(name=AuditName.RESOURCE_CHANGED, details=details))

        await self.store.write(unit)

    async def ensure_identity(self, issuer: str) -> None:
        """Make the server known to itself, as the resource behind UserInfo; safe from many processes at once."""
        await self.store.write(lambda uow: name_identity(uow, issuer))

    async def all(self) -> tuple[Resource, ...]:
        """Return every resource, by audience."""
        return await self.store.read(lambda uow: uow.resources.all())
