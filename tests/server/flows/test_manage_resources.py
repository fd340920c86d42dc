"""An operator's commands about resource servers."""

import pytest

from tests.server.flows.world import NOTES, READ, World
from tokensmith.server.domain.errors import ConflictError

pytestmark = pytest.mark.anyio


async def test_a_resource_is_known_once(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.resources.create(NOTES, scopes=[READ])

    assert caught.value.code == "resource_exists"
    assert [resource.audience for resource in await world.resources.all()] == [NOTES]


async def test_a_resources_own_client_must_exist(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.resources.create("https://mail.example", scopes=["mail:send"], client_id="nobody")

    assert caught.value.code == "unknown_client"
