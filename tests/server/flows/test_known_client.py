"""The client that an operator names."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.flows.known_client import known_client

pytestmark = pytest.mark.anyio


async def test_it_is_found_by_exactly_its_id(world: World) -> None:
    assert (await world.store.write(lambda uow: known_client(uow, "robot"))).id == "robot"
    with pytest.raises(ConflictError) as caught:
        await world.store.write(lambda uow: known_client(uow, "Robot"))

    assert caught.value.code == "unknown_client"
