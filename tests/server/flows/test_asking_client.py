"""Clients that ask without a browser."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, World
from tokensmith.server.domain.errors import InvalidClientError, InvalidTargetError
from tokensmith.server.flows.asking_client import asked_resource, hold_running

pytestmark = pytest.mark.anyio


async def test_a_client_that_was_switched_off_begins_nothing(world: World) -> None:
    """Whatever it was when it proved itself; races are in storage/test_races_of_switching_off.py."""
    robot = await world.client("robot")
    await world.store.write(lambda uow: hold_running(uow, robot))
    await world.clients.set_disabled("robot", disabled=True)
    with pytest.raises(InvalidClientError) as caught:
        await world.store.write(lambda uow: hold_running(uow, robot))

    assert caught.value.code == "client_disabled"


async def test_a_service_is_named_or_the_clients_own(world: World) -> None:
    robot = await world.client("robot")
    named = await world.store.read(lambda uow: asked_resource(uow, robot, NOTES))

    assert named == robot.default_resource_id
    assert await world.store.read(lambda uow: asked_resource(uow, robot, None)) == named


@pytest.mark.parametrize(
    ("client_id", "audience"), [("robot", "https://none.example"), ("robot", ISSUER), ("watcher", None)]
)
async def test_there_is_no_other(world: World, client_id: str, audience: str | None) -> None:
    """Nor is the server itself a service that a client could ask for on its own."""
    client = await world.client(client_id)
    with pytest.raises(InvalidTargetError):
        await world.store.read(lambda uow: asked_resource(uow, client, audience))
