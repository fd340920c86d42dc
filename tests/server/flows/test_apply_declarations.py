"""What is stored becomes what a file says, all of it or nothing."""

from typing import Any

import pytest

from tests.server.fakes import InMemoryStore
from tests.server.flows.declaring import apply, declared, everything, plan_of
from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.jose import Key
from tokensmith.server.domain.clients import FIRST_PARTY, Client
from tokensmith.server.domain.errors import (
    ConflictError,
    DeclarationError,
    InvalidClientError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.flows.apply_declarations import ApplyDeclarations

pytestmark = pytest.mark.anyio

MAIL = "https://mail.example"
JWKS = {"keys": [dict(Key.generate("ES256").public().to_jwk())]}
MACHINE = {"grant_types": ["client_credentials"]}
ROBOT = {"client_name": "Robot", "grant_types": ["client_credentials", "refresh_token"], "scopes": {NOTES: [READ]}}
FILE: dict[str, Any] = {
    "resources": {
        MAIL: {"scopes": {"send": "Send mail"}, "title": "Mail", "client": "mail", "open": True},
        NOTES: {"scopes": [READ, WRITE], "client": "watcher"},
    },
    "clients": {
        "mail": MACHINE,
        "web": {
            "redirect_uris": ["https://app.example/cb"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scopes": {NOTES: [READ], MAIL: ["send"]},
            "default_resource": MAIL,
            "trusted": True,
        },
        FIRST_PARTY: {"scopes": {NOTES: [READ, WRITE]}, "access_seconds": 60},
    },
}


async def find(world: World, client_id: str) -> Client:
    client = await world.store.read(lambda uow: uow.clients.find(ClientId(client_id)))
    assert client is not None
    return client


async def test_what_a_file_says_is_so_after_it(world: World) -> None:
    """In one transaction; and the second time there is nothing to do."""
    writes = world.store.writes
    made = await apply(world.store, **FILE)

    assert world.store.writes == writes + 1
    assert made.tables == [f'[resources."{MAIL}"]', "[clients.mail]", "[clients.web]", "[clients.first-party]"]
    assert (await plan_of(world.store, **FILE)).differences == ()
    stored = everything(world.store)
    again = await apply(world.store, **FILE)
    assert (again.secrets, everything(world.store)) == ({}, stored)


async def test_its_clients_prove_themselves_by_the_secrets_that_were_shown(world: World) -> None:
    made = await apply(world.store, **FILE)
    world.secrets |= made.secrets

    assert made.secrets.keys() == {"mail", "web"}
    assert (await world.client("web")).default_resource_id == next(
        one.id for one in await world.resources.all() if one.audience == MAIL
    )
    assert all(secret not in repr(world.store._state) for secret in made.secrets.values())


async def test_it_works_before_the_first_server_has_started() -> None:
    """A deployment may apply it right after `migrate`: neither the server's own resource nor first-party is there."""
    store = InMemoryStore()
    file = {**FILE, "resources": {**FILE["resources"], NOTES: {"scopes": [READ, WRITE]}}}
    await apply(store, **file)

    assert (await plan_of(store, **file)).differences == ()
    world = World()
    world.store._state = store._state
    assert (await world.clients.ensure_first_party()).lifetimes.access == 60


async def test_what_is_taken_from_a_client_is_gone_from_its_tokens(world: World) -> None:
    """Within the guards' bound (decision 7); the grant goes on with what is left, and so do others."""
    signed_in = await world.sign_in("grace")
    robot = await world.client_credentials.run(
        await world.client("robot"), scope=None, resource=None, key_thumbprint=None
    )
    assert signed_in.scope == f"{READ} {WRITE}"

    await apply(world.store, clients={FIRST_PARTY: {"scopes": {NOTES: [READ]}}})
    assert not await world.is_running(signed_in)
    assert await world.is_running(robot)
    refreshed = await world.refresh(signed_in.refresh_token)
    assert refreshed.scope == READ
    assert await world.is_running(refreshed)


async def test_a_client_without_its_only_resource_gets_nothing_there(world: World) -> None:
    signed_in = await world.sign_in()
    await apply(world.store, clients={FIRST_PARTY: {}})

    assert not await world.is_running(signed_in)
    with pytest.raises(InvalidScopeError):
        await world.refresh(signed_in.refresh_token)


async def test_what_a_client_gains_takes_nothing_from_its_tokens(world: World) -> None:
    robot = await world.client_credentials.run(
        await world.client("robot"), scope=None, resource=None, key_thumbprint=None
    )
    await apply(world.store, clients={"robot": {**ROBOT, "access_seconds": 60, "scopes": {NOTES: [READ, WRITE]}}})

    assert await world.is_running(robot)


async def test_a_grant_type_that_is_taken_away_is_gone_from_tokens_as_well(world: World) -> None:
    """They may live for a day."""
    robot = await world.client("robot")
    token = await world.client_credentials.run(robot, scope=None, resource=None, key_thumbprint=None)
    await apply(world.store, clients={"robot": {**ROBOT, "grant_types": ["refresh_token"]}})

    assert not await world.is_running(token)
    with pytest.raises(UnauthorizedClientError):
        await world.client_credentials.run(await world.client("robot"), scope=None, resource=None, key_thumbprint=None)


async def test_switching_off_ends_everything_as_the_command_does(world: World) -> None:
    signed_in = await world.sign_in()
    off = {**FILE["clients"][FIRST_PARTY], "disabled": True}
    await apply(world.store, clients={FIRST_PARTY: off})

    assert not await world.is_running(signed_in)
    with pytest.raises(InvalidClientError) as caught:
        await world.client(FIRST_PARTY)
    assert caught.value.code == "client_disabled"
    await apply(world.store, clients={FIRST_PARTY: {**off, "disabled": False}})
    assert (await world.client(FIRST_PARTY)).id == FIRST_PARTY
    details = [row.event.details for row in await world.store.read(lambda uow: uow.audit.latest(limit=9))]
    assert [one["change"] for one in details if "change" in one] == ["enabled", "disabled"]


async def test_who_signs_from_now_on_has_no_secret_any_more(world: World) -> None:
    """One that is not asked for must not lie about; and the other way round there is a new one."""
    signs = {**ROBOT, "token_endpoint_auth_method": "private_key_jwt", "jwks": JWKS}
    by_keys = await apply(world.store, clients={"robot": signs})
    assert (await find(world, "robot")).secret_digests == ()

    by_secret = await apply(world.store, clients={"robot": ROBOT})
    assert (by_keys.members["secret"], by_secret.members["secret"]) == ((True, False), (False, True))
    assert (by_keys.secrets, by_secret.secrets.keys()) == ({}, {"robot"})
    world.secrets["robot"] = by_secret.secrets["robot"]
    assert (await world.client("robot")).id == "robot"


async def test_a_secret_that_is_good_stays_good(world: World) -> None:
    """Two of them, in the middle of a change."""
    await world.clients.new_secret("robot", at_once=False)
    held = (await find(world, "robot")).secret_digests
    made = await apply(world.store, clients={"robot": {**ROBOT, "opaque": True}})

    assert (made.secrets, (await find(world, "robot")).secret_digests) == ({}, held)
    assert len(held) == 2


@pytest.mark.parametrize(
    "clients",
    [
        {"bad": {**MACHINE, "access_seconds": 0}},
        {"bad": {**MACHINE, "scopes": {NOTES: ["burn"]}}},
    ],
)
async def test_a_file_with_one_mistake_changes_nothing(world: World, clients: dict[str, Any]) -> None:
    """Also not what stands before it."""
    stored = everything(world.store)
    with pytest.raises(DeclarationError):
        await apply(world.store, resources=FILE["resources"], clients={**FILE["clients"], **clients})

    assert everything(world.store) == stored


async def test_what_was_shown_is_done_or_nothing_is(world: World) -> None:
    """Somebody has changed something between the question and the answer."""
    flow, file = ApplyDeclarations(store=world.store), declared(clients={"robot": {**ROBOT, "opaque": True}})
    shown = await flow.plan(file)
    await world.clients.set_disabled("robot", disabled=True)
    await world.clients.allow("robot", audience=NOTES, scopes=frozenset({WRITE}))
    stored = everything(world.store)
    with pytest.raises(ConflictError) as caught:
        await flow.run(file, shown=shown, secrets={})

    assert caught.value.code == "stored_changed"
    assert everything(world.store) == stored


async def test_two_deployments_of_one_file_do_it_once(world: World) -> None:
    """Whoever is second finds nothing left; unless they would show a secret that nobody has."""
    flow, file = ApplyDeclarations(store=world.store), declared(clients={"robot": {**ROBOT, "opaque": True}})
    shown = await flow.plan(file)
    await flow.run(file, shown=shown, secrets={})
    audited = await world.audited()
    await flow.run(file, shown=shown, secrets={})
    assert await world.audited() == audited

    new = declared(clients={"mail": MACHINE})
    shown = await flow.plan(new)
    await flow.run(new, shown=shown, secrets={ClientId("mail"): "tsc_first"})
    with pytest.raises(ConflictError) as caught:
        await flow.run(new, shown=shown, secrets={ClientId("mail"): "tsc_second"})
    assert caught.value.code == "stored_changed"


async def test_everything_is_audited_client_by_client(world: World) -> None:
    """With what was changed, and which scopes; never a value that could be secret."""
    await apply(world.store, **FILE)
    await apply(
        world.store,
        resources={MAIL: {"scopes": ["send", "read"]}},
        clients={"robot": {**ROBOT, "opaque": True, "scopes": {NOTES: [WRITE]}}},
    )
    rows = await world.store.read(lambda uow: uow.audit.latest(limit=8))
    told = [(row.event.name.value, row.event.client_id, row.event.details) for row in reversed(rows)]

    by = {"by": "file"}
    assert told == [
        ("resource_created", None, {**by, "audience": MAIL, "scopes": "send"}),
        ("client_created", "mail", by),
        ("client_created", "web", by),
        ("client_changed", FIRST_PARTY, {**by, "changed": "access_seconds"}),
        ("resource_changed", None, {**by, "audience": MAIL, "scopes": "read send"}),
        ("client_changed", "robot", {**by, "changed": f'opaque scopes."{NOTES}"'}),
        ("client_changed", "robot", {**by, "added": WRITE, "at": NOTES}),
        ("client_changed", "robot", {**by, "removed": READ, "at": NOTES}),
    ]
