"""What is open to programs that no operator has made known."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.flows.open_scopes import allow_open_scopes

pytestmark = pytest.mark.anyio


async def test_services_are_closed_unless_they_say_so(world: World) -> None:
    """The notes are not open, and what is made later counts for later programs."""
    opened = await world.resources.create("https://open.example", scopes=["a"], is_open=True)
    await world.store.write(lambda uow: allow_open_scopes(uow, ClientId("watcher")))
    await world.resources.create("https://later.example", scopes=["b"], is_open=True)
    scopes = await world.store.read(lambda uow: uow.clients.scopes(ClientId("watcher")))

    assert scopes == {IDENTITY: IDENTITY_SCOPES, opened.id: frozenset({"a"})}
