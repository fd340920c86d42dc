"""A program registers itself, and looks after its registration (RFC 7591, RFC 7592).

It may ask for what the operator has opened to such programs: the identity scopes, and the scopes of services that say
so. What it gets of those, each person decides, who is always asked.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.client_metadata import ClientMetadata, auth_method, check_same_method, read_metadata
from tokensmith.server.domain.clients import Client, Lifetimes
from tokensmith.server.domain.errors import InvalidCredentialsError
from tokensmith.server.domain.ids import ClientId, random_id
from tokensmith.server.domain.registrations import AuthMethod, Registration
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
    """The flow. *by_certificate*: the ways to prove oneself by a certificate that are offered."""

    store: Store
    by_certificate: frozenset[AuthMethod] = frozenset()

    async def create(self, sent: ClientMetadata, *, source: str) -> Registered:
        """Register a program.

        Raises:
            InvalidClientMetadataError, InvalidRedirectUriError: see `read_metadata`.
            UnavailableError: the database cannot be reached.
        """
        read = read_metadata(sent, fallback_name=_FALLBACK_NAME, by_certificate=self.by_certificate)
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
            registration=_with_token(read.registration, token),
        )

        async def unit(uow: UnitOfWork) -> int:
            now_ms = await uow.now_ms()
            await uow.clients.add(client, created_at_ms=now_ms)
            await allow_open_scopes(uow, client.id)
            event = AuditEvent(
                name=AuditName.CLIENT_CREATED, client_id=client.id, source=source, details={"by": "registration"}
            )
            await uow.audit.record(event)
            return now_ms

        created_at_ms = await self.store.write(unit)
        return Registered(client=client, created_at_ms=created_at_ms, secret=secret, management_token=token)

    async def find(self, client_id: str, token: str) -> Client:
        """Return the program that this token manages.

        Raises:
            InvalidCredentialsError: it manages none of this name; whether there is one, is not told (RFC 7592 §2.1).
        """
        return _managed(await self.store.read(lambda uow: uow.clients.find(ClientId(client_id))), token)

    async def change(self, client_id: str, token: str, sent: ClientMetadata, *, source: str) -> Client:
        """Register a program anew, in the place of what it was; how it proves itself stays (RFC 7592 §2.2).

        Raises:
            InvalidCredentialsError: as for `find`.
            InvalidClientMetadataError, InvalidRedirectUriError: see `read_metadata`; it would prove itself in another
                way (`metadata_auth_method_changed`).
        """
        # Strangers are refused before anything is written, and everybody is looked at again when nobody else can write.
        proves_by = auth_method(await self.find(client_id, token))
        read = read_metadata(
            sent, fallback_name=_FALLBACK_NAME, default_method=proves_by, by_certificate=self.by_certificate
        )
        check_same_method(sent.token_endpoint_auth_method, proves_by)

        async def unit(uow: UnitOfWork) -> Client:
            before = _managed(await uow.clients.hold(ClientId(client_id)), token)
            registration = _with_token(read.registration.after(before.registration), token)
            client = replace(before, name=read.name, grant_types=read.grant_types, registration=registration)
            await uow.clients.update(client)
            await uow.audit.record(_changed(client, "registration", source))
            return client

        return await self.store.write(unit)

    async def remove(self, client_id: str, token: str, *, source: str) -> None:
        """Switch a program off for good, and end everything it was granted (RFC 7592 §2.3).

        Raises:
            InvalidCredentialsError: as for `find`.
        """
        await self.find(client_id, token)

        async def unit(uow: UnitOfWork) -> None:
            client = _managed(await uow.clients.hold(ClientId(client_id)), token)
            await uow.clients.update(replace(client, disabled=True))
            await uow.grants.end_of_client(client.id)
            await uow.audit.record(_changed(client, "unregistered", source))

        await self.store.write(unit)


def _managed(client: Client | None, token: str) -> Client:
    by = None if client is None else client.registration.management_digest
    if client is None or client.disabled or by is None or not matches(token, bytes.fromhex(by)):
        raise InvalidCredentialsError("The token does not manage this client.", code="management_token")
    return client


def _with_token(registration: Registration, token: str) -> Registration:
    return msgspec.structs.replace(registration, management_digest=digest(token).hex())


def _changed(client: Client, change: str, source: str) -> AuditEvent:
    return AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client.id, source=source, details={"change": change})
