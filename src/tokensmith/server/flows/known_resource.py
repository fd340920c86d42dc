"""Finds the resource that an operator names, and makes sure that it knows the scopes named with it."""

from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.unit_of_work import UnitOfWork


async def known_resource(uow: UnitOfWork, audience: str, *, scopes: frozenset[str] = frozenset()) -> Resource:
    """Return the resource with this audience URI.

    Raises:
        ConflictError: there is none (`unknown_resource`), or it does not know one of *scopes* (`unknown_scope`).
    """
    resource = await uow.resources.find_by_audience(audience)
    if resource is None:
        raise ConflictError(f"There is no resource {audience!r}.", code="unknown_resource")
    unknown = scopes - resource.scopes
    if unknown:
        raise ConflictError(f"{audience} knows no scope {' '.join(sorted(unknown))!r}.", code="unknown_scope")
    return resource
