"""People, clients, resources and grants to begin a test with."""

import secrets
from dataclasses import replace
from typing import Final

from tokensmith.server.domain.clients import Client, GrantType, Lifetimes
from tokensmith.server.domain.grants import Grant
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.refresh_tokens import EarlierKey, Family
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.sessions import Session
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User

NOW: Final = 1_800_000_000_000
READ: Final = frozenset({"notes:read"})
BOTH: Final = frozenset({"notes:read", "notes:write"})

ADA: Final = User(id=UserId("ada"), name="Ada", password_hash="hash", is_admin=False, disabled=False, created_at_ms=NOW)
GRACE: Final = replace(ADA, id=UserId("grace"), name="Grace", password_hash=None, is_admin=True)
NOTES: Final = Resource(id=ResourceId("notes"), audience="https://notes.example", scopes=BOTH, client_id=None)
MAIL: Final = Resource(
    id=ResourceId("mail"), audience="https://mail.example", scopes=frozenset(), client_id=ClientId("app")
)
APP: Final = Client(
    id=ClientId("app"),
    name="The App",
    grant_types=frozenset({GrantType.REFRESH_TOKEN}),
    secret_digests=(),
    default_resource_id=NOTES.id,
    lifetimes=Lifetimes(),
    signing_alg="ES256",
    disabled=False,
)
ROBOT: Final = Client(
    id=ClientId("robot"),
    name="The Robot",
    grant_types=frozenset(GrantType),
    secret_digests=(b"1" * 32, b"2" * 32),
    default_resource_id=None,
    lifetimes=Lifetimes(access=1, refresh_idle=2, refresh_absolute=3, reuse_window=4, lost_answer=5),
    signing_alg="RS256",
    disabled=True,
)
SESSION: Final = Session(id=SessionId("s"), user_id=ADA.id, amr=("pwd", "otp"), signed_in_at_ms=NOW, ended_at_ms=None)
GRANT: Final = Grant(
    id=GrantId("g"), client_id=APP.id, user_id=ADA.id, session_id=SESSION.id, created_at_ms=NOW, ended_at_ms=None
)


def family(grant: Grant = GRANT, *, name: bytes | None = None) -> Family:
    """A refresh family at its first generation, good for a day of rest and a week in all."""
    return Family(
        family=name or secrets.token_bytes(16),
        grant_id=grant.id,
        generation=0,
        secret_digest=b"d0" * 16,
        key_id="key",
        rotated_at_ms=(NOW,),
        idle_expires_at_ms=NOW + 86_400_000,
        absolute_expires_at_ms=NOW + 7 * 86_400_000,
        ended_at_ms=None,
        key_thumbprint=None,
    )


def advanced(before: Family, *, by: str = "") -> Family:
    """The next generation's row; *by* tells two racers' rows apart."""
    return replace(
        before,
        generation=before.generation + 1,
        secret_digest=(f"d{before.generation + 1}{by}".encode() * 32)[:32],
        rotated_at_ms=(NOW + 5, *before.rotated_at_ms),
        idle_expires_at_ms=before.idle_expires_at_ms + 5,
        key_id="new",
        earlier_keys=(EarlierKey("other", 3), EarlierKey("key", 2**31)),
    )


async def add_world(uow: UnitOfWork) -> None:
    """Both people, both resources, both clients."""
    for resource in (NOTES, MAIL):
        await uow.resources.add(resource)
    for client in (APP, ROBOT):
        await uow.clients.add(client, created_at_ms=NOW)
    for user in (ADA, GRACE):
        await uow.users.add(user, key=user.name.lower())


async def add_grants(store: Store, *grants: Grant) -> None:
    """The world, Ada's session, and grants for the notes resource."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.sessions.add(SESSION)
        for grant in grants:
            await uow.grants.add(grant, audiences={NOTES.id: READ})

    await store.write(unit)
