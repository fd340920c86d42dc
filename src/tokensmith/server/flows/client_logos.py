"""An operator gives a program a picture; pages show it beside its name."""

from dataclasses import dataclass, replace

import msgspec

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.logos import Logo, read_logo
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.known_client import known_client


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLogos:
    """The flow."""

    store: Store

    async def give(self, client_id: str, body: bytes) -> None:
        """Give a client a picture, in the place of the one it had.

        Raises:
            ConflictError: no such client (`unknown_client`), or one that nobody has vouched for, as people trust
                pictures (`logo_of_stranger`).
            InvalidRequestError: it is no picture of a kind that is taken (`bad_logo`).
        """
        logo = read_logo(body)

        async def unit(uow: UnitOfWork) -> None:
            client = await known_client(uow, client_id)
            if not client.registration.is_vouched_for:
                raise ConflictError(f"{client_id} has registered itself.", code="logo_of_stranger")
            await uow.logos.add(logo)
            registration = msgspec.structs.replace(client.registration, logo=logo.digest)
            await uow.clients.update(replace(client, registration=registration))
            details = {"change": "logo", "logo": logo.digest}
            await uow.audit.record(AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, details=details))

        await self.store.write(unit)

    async def find(self, digest: str) -> Logo | None:
        """Return a picture.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        return await self.store.read(lambda uow: uow.logos.find(digest))
