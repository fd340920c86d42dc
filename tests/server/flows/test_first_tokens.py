"""The first tokens of a grant; codes and devices show the rest."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.flows.first_tokens import FirstTokens

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("refreshes", [True, False])
async def test_a_refresh_token_is_drawn_for_who_may_use_one(world: World, refreshes: bool) -> None:
    first = FirstTokens(mint=world.mint, rotation_keys=world.sealing)
    drawn = await first.draw(refreshes=refreshes, key_thumbprint="t")

    assert (drawn.refresh_token is not None) is refreshes
    assert drawn.key_thumbprint == "t"
