"""A program registers itself, and looks after its registration (RFC 7591, RFC 7592).

It may ask for what the operator has opened to such programs: the identity scopes, and the scopes of services that say
so. What it gets of those, each person decides, who is always asked.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.client_metadata import ClientMetadata, read_metadata
from tokensmith.server.domain.clients import Client, Lifetimes
from tokensmith.server.domain.errors import InvalidCredentialsError
from tokensmith.server.domain.ids import ClientId, random_id
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.domain.stored_secrets import SECRET_BYTES, digest, matches, new_client_secret
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.open_scopes import allow_open_scopes

MANAGEMENT_PREFIX: Final = "tsm_"
_FALLBACK_NAME: Final = "An application without a name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A program that is registered; its secret and the token that manages it are shown this once."""

    client: Client
    created_at_ms: int
    secret: str | None
    management_token: str

    def __repr__(self) -> str:
        return f"<Registered {self.client.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClient:
    """The flow."""

    store: Store

    async def create(self, sent: ClientMetadata, *, source: str) -> Registered:
        """Register a program.

        Raises:
            InvalidClientMetadataError, InvalidRedirectUriError: see `read_metadata`.
            UnavailableError: the database cannot be reached.
        """
        read = read_metadata(sent, fallback_name=_FALLBACK_NAME)
        secret = new_client_secret() if read.confidential else None
        token = MANAGEMENT_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        client = Client(
            id=ClientId(random_id()),
            name=read.name,
            grant_types=read.grant_types,
            secret_digests=(digest(secret),) if secret else (),
            default_resource_id=None,
            lifetimes=Lifetimes(),
            signing_alg="ES256",
            disabled=False,
            registration=_managed(read.registration, token),
        )

        async def unit(uow: UnitOfWork) -> int:
            now_ms = await uow.now_ms()
            await uow.clients.add(client, created_at_ms=now_ms)
            await allow_open_scopes(uow, client.id)
            event = AuditEvent(name=AuditName.CLIENT_CREATED, client_id=client.id, source=source)
            await uow.audit.record(replace(event, details={"by": "registration"}))
            return now_ms

        created_at_ms = await self.store.write(unit)
        return Registered(client=client, created_at_ms=created_at_ms, secret=secret, management_token=token)

    async def find(self, client_id: str, token: str) -> Client:
        """Return the program that this token manages.

        Raises:
            InvalidCredentialsError: it manages none of this name; whether there is one, is not told (RFC 7592 §2.1).
        """
        client = await self.store.read(lambda uow: uow.clients.find(ClientId(client_id)))
        managed_by = None if client is None else client.registration.management_digest
        if client is None or client.disabled or managed_by is None or not matches(token, bytes.fromhex(managed_by)):
            raise InvalidCredentialsError("The token does not manage this client.", code="management_token")
        return client

    async def change(self, client_id: str, token: str, sent: ClientMetadata, *, source: str) -> Client:
        """Register a program anew, in the place of what it was; how it proves itself stays (RFC 7592 §2.2).

        Raises:
            InvalidCredentialsError: as for `find`.
            InvalidClientMetadataError, InvalidRedirectUriError: see `read_metadata`.
        """
        before = await self.find(client_id, token)
        read = read_metadata(sent, fallback_name=_FALLBACK_NAME)
        client = replace(
            before, name=read.name, grant_types=read.grant_types, registration=_managed(read.registration, token)
        )

        async def unit(uow: UnitOfWork) -> None:
            await uow.clients.update(client)
            event = AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, source=source)
            await uow.audit.record(replace(event, details={"change": "registration"}))

        await self.store.write(unit)
        return client

    async def remove(self, client_id: str, token: str, *, source: str) -> None:
        """Switch a program off for good, and end everything it was granted (RFC 7592 §2.3).

        Raises:
            InvalidCredentialsError: as for `find`.
        """
        client = await self.find(client_id, token)

        async def unit(uow: UnitOfWork) -> None:
            await uow.clients.update(replace(client, disabled=True))
            await uow.grants.end_of_client(client.id)
            event = AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, source=source)
            await uow.audit.record(replace(event, details={"change": "unregistered"}))

        await self.store.write(unit)


def _managed(registration: Registration, token: str) -> Registration:
    return msgspec.structs.replace(registration, management_digest=digest(token).hex())
