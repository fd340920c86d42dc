"""What a program may ask for that no operator has made known: who somebody is, and the scopes of open services."""

from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.unit_of_work import UnitOfWork


async def allow_open_scopes(uow: UnitOfWork, client_id: ClientId) -> None:
    """Let a new client ask for these; what it gets of them, each person decides."""
    await uow.clients.allow(client_id, IDENTITY, scopes=IDENTITY_SCOPES)
    for resource in await uow.resources.all():
        if resource.is_open:
            await uow.clients.allow(client_id, resource.id, scopes=resource.scopes)
