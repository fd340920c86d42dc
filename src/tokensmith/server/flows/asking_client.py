"""What a client that asks without a browser needs: to be on still, and a resource to ask for (RFC 8707 §2)."""

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.errors import InvalidClientError, InvalidTargetError
from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.ids import ResourceId
from tokensmith.server.domain.unit_of_work import UnitOfWork


async def hold_running(uow: UnitOfWork, client: Client) -> None:
    """Hold a client as a grant of its begins: whoever switches it off meanwhile waits, or was first.

    Raises:
        InvalidClientError: it is off (`client_disabled`); what began now would be ended by nobody.
    """
    held = await uow.clients.hold(client.id)
    if held is None or held.disabled:
        raise InvalidClientError("The client did not prove who it is.", code="client_disabled", detail=client.id)


async def asked_resource(uow: UnitOfWork, client: Client, audience: str | None) -> ResourceId:
    """Return the service that a request names; the client's default where it names none.

    Raises:
        InvalidTargetError: there is none, or it is the server itself, which tells of people who sign in.
    """
    if audience is None and client.default_resource_id is not None:
        return client.default_resource_id
    found = await uow.resources.find_by_audience(audience) if audience is not None else None
    if found is None or found.id == IDENTITY:
        raise InvalidTargetError("No such resource.", detail=f"asked {audience!r:.300}")
    return found.id
