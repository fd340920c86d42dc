"""A program registers itself; what HTTP shows of it is in web/oauth/test_register.py."""

import pytest

from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.client_metadata import ClientMetadata
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.flows.register_client import RegisterClient

pytestmark = pytest.mark.anyio
SENT = ClientMetadata(redirect_uris=("https://app.example/cb",))


async def test_it_may_ask_for_what_is_open_and_no_more(world: World) -> None:
    """Nothing, unless a service says so."""
    await world.resources.create("https://open.example", scopes=["a", "b"], is_open=True)
    made = await RegisterClient(store=world.store).create(SENT, source="s")
    scopes = await world.store.read(lambda uow: uow.clients.scopes(made.client.id))
    audiences = {one.id: one.audience for one in await world.resources.all()}

    assert scopes.pop(IDENTITY) == IDENTITY_SCOPES
    assert {audiences[key]: names for key, names in scopes.items()} == {"https://open.example": {"a", "b"}}
    assert NOTES in audiences.values()
    assert {READ, WRITE}.isdisjoint(*scopes.values())


async def test_secrets_are_stored_as_digests(world: World) -> None:
    made = await RegisterClient(store=world.store).create(SENT, source="s")
    stored = repr(world.store._state.clients)

    assert made.secret is not None
    assert made.secret not in stored
    assert made.management_token not in stored
    assert made.management_token not in repr(made)
    assert (await world.audited())[-1] == "client_created"


async def test_what_an_operator_allowed_it_outlasts_its_own_change(world: World) -> None:
    """RFC 7592 §2.2 replaces what the program said; this it never said."""
    flow = RegisterClient(store=world.store)
    made = await flow.create(SENT, source="s")
    await world.resources.know_details(NOTES, "note", DetailType(text="Read one note"))
    await world.clients.allow_details(made.client.id, ("note",))
    changed = await flow.change(made.client.id, made.management_token, SENT, source="s")

    assert changed.registration.detail_types == ("note",)
