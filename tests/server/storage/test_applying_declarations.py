"""A file of declarations, applied in every store; what it does there is in flows/test_apply_declarations.py."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.server.flows.declaring import apply, declared, plan_of
from tests.server.storage.clocked import ClockedStore
from tests.server.storage.conftest import AnyStore
from tests.server.storage.samples import ADA, APP, BOTH, GRANT, NOTES, READ, add_grants, add_world
from tests.server.storage.test_grant_endings import wait_until_blocked
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.flows.apply_declarations import ApplyDeclarations
from tokensmith.server.storage.clients import SqlClients
from tokensmith.server.storage.statements import Connection

pytestmark = pytest.mark.anyio

APP_TABLE: dict[str, Any] = {
    "client_name": "The App",
    "grant_types": ["refresh_token"],
    "token_endpoint_auth_method": "none",
    "scopes": {NOTES.audience: sorted(BOTH)},
}
FILE: dict[str, Any] = {
    "resources": {
        NOTES.audience: {"scopes": sorted(BOTH), "title": "Notes", "client": "web"},
        "https://new.example": {"scopes": {"a": "Do a"}, "open": True},
    },
    "clients": {
        "web": {
            "redirect_uris": ["https://app.example/cb"],
            "scopes": {"https://new.example": ["a"]},
            "refresh_idle_seconds": 2**31 - 1,
        },
        "app": APP_TABLE,
    },
}


async def test_a_file_is_so_after_it(store: AnyStore) -> None:
    """Over clients that commands have made; the second time there is nothing to do."""
    await store.write(add_world)
    made = await apply(store, **FILE)

    assert made.tables == [
        f'[resources."{NOTES.audience}"]',
        '[resources."https://new.example"]',
        "[clients.web]",
        "[clients.app]",
    ]
    assert (await plan_of(store, **FILE)).differences == ()
    assert (await apply(store, **FILE)).secrets == {}


async def test_what_is_taken_away_reaches_tokens_that_are_out(store: AnyStore) -> None:
    """The old place is set, the next refresh takes a new one."""
    await add_grants(store, GRANT)
    await store.write(lambda uow: uow.clients.allow(APP.id, NOTES.id, scopes=BOTH))
    await store.write(lambda uow: uow.users.allow(ADA.id, NOTES.id, scopes=BOTH))
    place = await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id))
    await apply(store, clients={"app": {**APP_TABLE, "scopes": {NOTES.audience: sorted(READ)}}})

    assert await store.read(lambda uow: uow.status_lists.holder(place)) is None
    assert await store.write(lambda uow: uow.status_lists.take(GRANT.id, NOTES.id)) != place
    assert await store.read(lambda uow: uow.clients.scopes(APP.id)) == {NOTES.id: READ}


async def test_a_file_that_fails_in_the_middle_has_not_been_applied(store: AnyStore) -> None:
    """Whatever goes wrong at the last client takes back the first."""
    await store.write(add_world)
    flow, file = ApplyDeclarations(store=store), declared(**FILE)
    shown = await flow.plan(file)
    with pytest.raises(KeyError):
        await flow.run(file, shown=shown, secrets={})

    assert (await flow.plan(file)).differences == shown.differences


async def test_of_two_who_apply_at_once_one_is_told_so(real_store: ClockedStore) -> None:
    """Both were shown the same beginning: the second must not write over what the first has done."""
    await real_store.write(add_world)
    await apply(real_store, clients={"app": APP_TABLE})
    flow = ApplyDeclarations(store=real_store)
    files = [declared(clients={"app": {**APP_TABLE, **change}}) for change in ({"opaque": True}, {"trusted": True})]
    shown = [await flow.plan(file) for file in files]
    runs = (flow.run(file, shown=plan, secrets={}) for file, plan in zip(files, shown, strict=True))
    outcomes = await asyncio.gather(*runs, return_exceptions=True)

    (refused,) = (one for one in outcomes if one is not None)
    assert isinstance(refused, ConflictError)
    assert refused.code == "stored_changed"


async def test_a_command_that_is_at_work_is_waited_for(
    postgres_store: ClockedStore, migrated_postgres_url: str
) -> None:
    """The client is held before it is compared, or the file would be written over what the command has just done."""
    store, held, go = postgres_store, asyncio.Event(), asyncio.Event()
    await store.write(add_world)
    await apply(store, clients={"app": APP_TABLE})
    flow, file = ApplyDeclarations(store=store), declared(clients={"app": {**APP_TABLE, "opaque": True}})
    shown = await flow.plan(file)

    async def disable(connection: Connection) -> None:
        clients = SqlClients(connection)
        client = await clients.hold(APP.id)
        assert client is not None
        held.set()
        await go.wait()
        await clients.update(replace(client, disabled=True))

    command = asyncio.create_task(store._engine.write(disable))
    await held.wait()
    run = asyncio.create_task(flow.run(file, shown=shown, secrets={}))
    await asyncio.to_thread(wait_until_blocked, migrated_postgres_url)
    go.set()
    await command
    await run
    client = await store.read(lambda uow: uow.clients.find(APP.id))

    assert client is not None
    assert (client.disabled, client.registration.opaque) == (True, True)
