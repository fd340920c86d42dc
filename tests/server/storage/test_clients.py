"""Clients in every store."""

from dataclasses import replace

import pytest

from tests.server.client_certificates import ROBOT as ROBOTS_NAME
from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import APP, BOTH, MAIL, NOTES, NOW, READ, ROBOT, add_world
from tokensmith.server.domain.clients import Client, GrantType
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AuthMethod, Registration
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("client", [APP, ROBOT], ids=lambda client: client.id)
async def test_what_is_stored_comes_back(store: AnyStore, client: Client) -> None:
    """Every field: no secret or two, no grant types or all, with and without a default resource."""
    await store.write(add_world)

    assert await store.read(lambda uow: uow.clients.find(client.id)) == client
    assert await store.read(lambda uow: uow.clients.all()) == (APP, ROBOT)
    assert await store.read(lambda uow: uow.clients.find(ClientId("none"))) is None
    assert await store.write(lambda uow: uow.clients.hold(client.id)) == client
    assert await store.write(lambda uow: uow.clients.hold(ClientId("none"))) is None


async def test_an_id_is_taken_once(store: AnyStore) -> None:
    """The first client keeps it."""
    await store.write(add_world)

    with pytest.raises(ConflictError) as refused:
        await store.write(lambda uow: uow.clients.add(replace(ROBOT, id=APP.id), created_at_ms=NOW))

    assert refused.value.code == "client_exists"
    assert await store.read(lambda uow: uow.clients.find(APP.id)) == APP


async def test_an_update_leaves_the_secrets_alone(store: AnyStore) -> None:
    """Everything else is as the new value says; other clients are untouched."""
    changed = replace(
        APP, id=ROBOT.id, name="New", grant_types=frozenset[GrantType](), secret_digests=(b"3" * 32,), disabled=False
    )
    await store.write(add_world)
    await store.write(lambda uow: uow.clients.update(changed))

    kept = replace(changed, secret_digests=ROBOT.secret_digests)
    assert await store.read(lambda uow: uow.clients.all()) == (APP, kept)


async def test_scopes_are_added(store: AnyStore) -> None:
    """Twice the same is once."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.clients.allow(APP.id, NOTES.id, scopes=READ)
        await uow.clients.allow(APP.id, NOTES.id, scopes=BOTH)
        await uow.clients.allow(APP.id, MAIL.id, scopes=frozenset())

    await store.write(unit)

    assert await store.read(lambda uow: uow.clients.scopes(APP.id)) == {NOTES.id: BOTH}
    assert await store.read(lambda uow: uow.clients.scopes(ROBOT.id)) == {}


async def test_scopes_are_taken_away(store: AnyStore) -> None:
    """These, here, of this client; a resource with none left is not named."""

    async def unit(uow: UnitOfWork) -> None:
        await add_world(uow)
        await uow.clients.allow(APP.id, NOTES.id, scopes=BOTH)
        await uow.clients.allow(APP.id, MAIL.id, scopes=READ)
        await uow.clients.allow(ROBOT.id, NOTES.id, scopes=BOTH)

    await store.write(unit)
    await store.write(lambda uow: uow.clients.forbid(APP.id, NOTES.id, scopes=READ))
    await store.write(lambda uow: uow.clients.forbid(APP.id, MAIL.id, scopes=BOTH))

    assert await store.read(lambda uow: uow.clients.scopes(APP.id)) == {NOTES.id: BOTH - READ}
    assert await store.read(lambda uow: uow.clients.scopes(ROBOT.id)) == {NOTES.id: BOTH}


async def test_a_registration_comes_back_whole(store: AnyStore) -> None:
    """New with the client, and changed with it."""
    first = Registration(redirect_uris=("https://a.example/cb",), trusted=True, requires_pkce=False, jwks="{}")
    second = Registration(
        redirect_uris=("https://b.example/cb", "com.example:/cb"),
        post_logout_redirect_uris=("https://b.example/",),
        id_token_alg="ES256",
        requires_pushed=True,
        binds_tokens=True,
        auth_method=AuthMethod.TLS,
        certificate_name=ROBOTS_NAME,
        binds_to_certificate=True,
        client_uri="https://b.example/",
        management_digest="00",
        backchannel_logout_uri="https://b.example/bye",
    )
    await store.write(add_world)
    client = replace(APP, id=ClientId("registered"), registration=first)
    await store.write(lambda uow: uow.clients.add(client, created_at_ms=NOW))
    assert await store.read(lambda uow: uow.clients.find(client.id)) == client
    await store.write(lambda uow: uow.clients.update(replace(client, registration=second)))
    assert await store.read(lambda uow: uow.clients.find(client.id)) == replace(client, registration=second)


async def test_secrets_are_replaced_for_one_client(store: AnyStore) -> None:
    await store.write(add_world)
    await store.write(lambda uow: uow.clients.replace_secrets(ROBOT.id, (b"3" * 32, b"1" * 32)))

    changed = replace(ROBOT, secret_digests=(b"3" * 32, b"1" * 32))
    assert await store.read(lambda uow: uow.clients.all()) == (APP, changed)


async def test_a_client_is_made_once_for_as_long_as_its_row_is_the_same(store: AnyStore) -> None:
    """The row is read every time; what is made of it cannot be changed, so all may have the same."""
    await store.write(add_world)
    first = await store.read(lambda uow: uow.clients.find(ROBOT.id))

    assert await store.read(lambda uow: uow.clients.find(ROBOT.id)) is first


async def test_a_change_is_seen_by_the_very_next_reading(store: AnyStore) -> None:
    """Whatever was remembered: a secret that was replaced, a client that was switched off, and on again."""

    async def found() -> Client | None:
        return await store.read(lambda uow: uow.clients.find(ROBOT.id))

    await store.write(add_world)
    assert await found() == ROBOT
    await store.write(lambda uow: uow.clients.replace_secrets(ROBOT.id, (b"n" * 32,)))
    replaced = replace(ROBOT, secret_digests=(b"n" * 32,))
    assert await found() == replaced
    await store.write(lambda uow: uow.clients.update(replace(replaced, disabled=True)))
    assert await found() == replace(replaced, disabled=True)
    await store.write(lambda uow: uow.clients.update(replaced))

    assert await found() == replaced
