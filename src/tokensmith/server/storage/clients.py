"""Clients, and what each may ask for (`domain/clients.py`)."""

from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from tokensmith.server.domain.clients import Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.storage.schema import client_scopes, clients
from tokensmith.server.storage.scope_lists import Scopes, by_resource, joined
from tokensmith.server.storage.statements import Connection, Row

_DIGEST_BYTES: Final = 32
_REMEMBERED_ROWS: Final = 512

COLUMNS: Final = (
    clients.c.id,
    clients.c.name,
    clients.c.grant_types,
    clients.c.secret_digests,
    clients.c.default_resource_id,
    clients.c.access_seconds,
    clients.c.refresh_idle_seconds,
    clients.c.refresh_absolute_seconds,
    clients.c.reuse_window_seconds,
    clients.c.lost_answer_seconds,
    clients.c.signing_alg,
    clients.c.disabled,
    clients.c.registration,
)
_CHANGEABLE: Final = (
    "name",
    "grant_types",
    "default_resource_id",
    "access_seconds",
    "refresh_idle_seconds",
    "refresh_absolute_seconds",
    "reuse_window_seconds",
    "lost_answer_seconds",
    "signing_alg",
    "disabled",
    "registration",
)

_ADD: Final = insert(clients).on_conflict_do_nothing(index_elements=["id"]).returning(clients.c.id)
_ALL: Final = select(*COLUMNS).order_by(clients.c.id)
_FIND: Final = select(*COLUMNS).where(clients.c.id == bindparam("client_id"))
_HOLD: Final = _FIND.with_for_update()
_UPDATE: Final = (
    update(clients)
    .where(clients.c.id == bindparam("client_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_SECRETS: Final = (
    update(clients).where(clients.c.id == bindparam("client_id")).values(secret_digests=bindparam("new_digests"))
)
_ALLOW: Final = insert(client_scopes).on_conflict_do_nothing()
_FORBID: Final = delete(client_scopes).where(
    client_scopes.c.client_id == bindparam("client_id"),
    client_scopes.c.resource_id == bindparam("resource_id"),
    client_scopes.c.scope == bindparam("scope"),
)
_SCOPES: Final = select(client_scopes.c.resource_id, client_scopes.c.scope).where(
    client_scopes.c.client_id == bindparam("client_id")
)


@lru_cache(maxsize=_REMEMBERED_ROWS)
def client_of(row: Row) -> Client:
    """Make a client of the values of `COLUMNS`; equal rows make one object, which nobody can change."""
    client_id, name, grant_types, digests, default_resource_id, *lifetimes, signing_alg, disabled, registration = row
    access, refresh_idle, refresh_absolute, reuse_window, lost_answer = lifetimes
    return Client(
        id=ClientId(client_id),
        name=name,
        grant_types=frozenset(GrantType(value) for value in grant_types.split()),
        secret_digests=tuple(digests[at : at + _DIGEST_BYTES] for at in range(0, len(digests), _DIGEST_BYTES)),
        default_resource_id=default_resource_id,
        lifetimes=Lifetimes(
            access=access,
            refresh_idle=refresh_idle,
            refresh_absolute=refresh_absolute,
            reuse_window=reuse_window,
            lost_answer=lost_answer,
        ),
        signing_alg=signing_alg,
        disabled=bool(disabled),
        registration=msgspec.json.decode(registration, type=Registration),
    )


def _changeable(client: Client) -> dict[str, object]:
    lifetimes = client.lifetimes
    return {
        "name": client.name,
        "grant_types": joined(frozenset(grant_type.value for grant_type in client.grant_types)),
        "default_resource_id": client.default_resource_id,
        "access_seconds": lifetimes.access,
        "refresh_idle_seconds": lifetimes.refresh_idle,
        "refresh_absolute_seconds": lifetimes.refresh_absolute,
        "reuse_window_seconds": lifetimes.reuse_window,
        "lost_answer_seconds": lifetimes.lost_answer,
        "signing_alg": client.signing_alg,
        "disabled": client.disabled,
        "registration": msgspec.json.encode(client.registration).decode(),
    }


class SqlClients:
    """Satisfies `Clients`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, client: Client, *, created_at_ms: int) -> None:
        """Store a new client with its secrets."""
        added = await self._connection.row(
            _ADD,
            id=client.id,
            secret_digests=b"".join(client.secret_digests),
            created_at_ms=created_at_ms,
            **_changeable(client),
        )
        if added is None:
            raise ConflictError("That client id is taken.", code="client_exists", detail=client.id)

    async def find(self, client_id: ClientId) -> Client | None:
        """Return the client with exactly this id."""
        row = await self._connection.row(_FIND, client_id=client_id)
        return client_of(row) if row else None

    async def hold(self, client_id: ClientId) -> Client | None:
        """Return it, for a change: nobody else changes it before this unit is over."""
        row = await self._connection.row(_HOLD, client_id=client_id)
        return client_of(row) if row else None

    async def update(self, client: Client) -> None:
        """Store everything of the client but its secrets."""
        values = {f"new_{name}": value for name, value in _changeable(client).items()}
        await self._connection.change(_UPDATE, client_id=client.id, **values)

    async def replace_secrets(self, client_id: ClientId, digests: tuple[bytes, ...]) -> None:
        """Store which secrets are good from now on."""
        await self._connection.change(_SECRETS, client_id=client_id, new_digests=b"".join(digests))

    async def all(self) -> tuple[Client, ...]:
        """Return every client, by id."""
        return tuple(client_of(row) for row in await self._connection.rows(_ALL))

    async def allow(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Let the client ask for these scopes at the resource, besides those it may ask for already."""
        for scope in sorted(scopes):
            await self._connection.change(_ALLOW, client_id=client_id, resource_id=resource_id, scope=scope)

    async def forbid(self, client_id: ClientId, resource_id: ResourceId, *, scopes: frozenset[str]) -> None:
        """Take these scopes away."""
        for scope in sorted(scopes):
            await self._connection.change(_FORBID, client_id=client_id, resource_id=resource_id, scope=scope)

    async def scopes(self, client_id: ClientId) -> Scopes:
        """Return what the client may ask for, resource by resource."""
        return by_resource(await self._connection.rows(_SCOPES, client_id=client_id))
