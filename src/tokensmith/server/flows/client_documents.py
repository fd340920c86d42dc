"""Makes a client of the document that its name is the URL of, and keeps it for an hour."""

from dataclasses import dataclass, replace

import msgspec

from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.fetch import AsyncFetcher
from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.client_documents import (
    FRESH_SECONDS,
    MAX_BYTES,
    is_document_url,
    read_document,
    refused,
)
from tokensmith.server.domain.client_metadata import ReadMetadata
from tokensmith.server.domain.clients import Client, Lifetimes
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.open_scopes import allow_open_scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDocuments:
    """The flow."""

    store: Store
    fetcher: AsyncFetcher

    async def current(self, client_id: str, held: Client | None) -> Client | None:
        """Return the client as its document says; *held* for every other client, and where it is fresh.

        Raises:
            InvalidRequestError: the document cannot be had, or cannot be used (`client_document_refused`).
            UnavailableError: the database cannot be reached.
        """
        if held is not None and held.registration.document_read_at_ms is None:
            return held
        if not is_document_url(client_id):
            return held
        now_ms = await self.store.read(lambda uow: uow.now_ms())
        if held is not None and now_ms - (held.registration.document_read_at_ms or 0) < FRESH_SECONDS * MILLISECONDS:
            return held
        read = read_document(await self._fetch(client_id), url=client_id)
        return await self._keep(client_id, read, now_ms=now_ms)

    async def _fetch(self, url: str) -> bytes:
        # Whoever names a document may name a public address over https, and nothing of our own network (§8.7).
        rules = FetchRules.of(url, is_trusted=False, max_bytes=MAX_BYTES)
        try:
            answer = await self.fetcher.fetch(url, rules, {"Accept": "application/json"})
        except FetchError as error:
            raise refused(f"{error.code} {error.detail}") from None
        # §4: everything else is an error, and an error is remembered by nobody.
        if answer.status != 200:
            raise refused(f"status {answer.status}")
        return answer.body

    async def _keep(self, url: str, read: ReadMetadata, *, now_ms: int) -> Client:
        registration = msgspec.structs.replace(read.registration, document_read_at_ms=now_ms)

        async def unit(uow: UnitOfWork) -> Client:
            held = await uow.clients.hold(ClientId(url))
            known = registration.after(held.registration if held else None)
            client = replace(held or _new(url), name=read.name, grant_types=read.grant_types, registration=known)
            if held is not None:
                await uow.clients.update(client)
                return client
            await uow.clients.add(client, created_at_ms=now_ms)
            await allow_open_scopes(uow, client.id)
            event = AuditEvent(name=AuditName.CLIENT_CREATED, client_id=client.id, details={"by": "document"})
            await uow.audit.record(event)
            return client

        try:
            return await self.store.write(unit)
        except ConflictError:
            # Somebody else's browser came with the same name, and was first.
            return await self.store.write(unit)


def _new(url: str) -> Client:
    return Client(
        id=ClientId(url),
        name=url,
        grant_types=frozenset(),
        secret_digests=(),
        default_resource_id=None,
        lifetimes=Lifetimes(),
        signing_alg="ES256",
        disabled=False,
    )
