"""The resource that an operator names, and the scopes named with it."""

import pytest

from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.flows.known_resource import known_resource

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scopes", [(), (READ,), (READ, WRITE)])
async def test_a_resource_that_knows_every_scope_is_found(world: World, scopes: tuple[str, ...]) -> None:
    found = await world.store.read(lambda uow: known_resource(uow, NOTES, scopes=frozenset(scopes)))

    assert found.audience == NOTES


@pytest.mark.parametrize(
    ("audience", "scopes", "code"),
    [(f"{NOTES}/", (), "unknown_resource"), (NOTES, (READ, "notes:burn"), "unknown_scope")],
)
async def test_what_is_not_there_is_said_and_not_made(
    world: World, audience: str, scopes: tuple[str, ...], code: str
) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.store.read(lambda uow: known_resource(uow, audience, scopes=frozenset(scopes)))

    assert caught.value.code == code
