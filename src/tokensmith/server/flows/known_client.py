"""Finds the client that an operator names, and holds it: nobody else changes it before the unit is over."""

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.unit_of_work import UnitOfWork


async def known_client(uow: UnitOfWork, client_id: str) -> Client:
    """Return the client with this id, for a change.

    Raises:
        ConflictError: there is none (`unknown_client`).
    """
    client = await uow.clients.hold(ClientId(client_id))
    if client is None:
        raise ConflictError(f"There is no client {client_id!r}.", code="unknown_client")
    return client
