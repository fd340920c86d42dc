"""A refresh token that somebody presents, read and judged at one moment."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.refresh_tokens import Redeem, RefreshToken, Refuse, parse
from tokensmith.server.domain.users import name_key
from tokensmith.server.flows.presented_refresh import look_up

pytestmark = pytest.mark.anyio


async def test_it_comes_with_its_family_its_standing_and_a_verdict(world: World) -> None:
    token = parse((await world.sign_in()).refresh_token or "")
    presented = await look_up(world.store, world.sealing, token)

    assert presented is not None
    assert presented.family.family == token.family
    assert presented.standing.grant.id == presented.family.grant_id
    assert presented.now_ms == world.store.now_ms
    assert isinstance(presented.verdict, Redeem)


async def test_an_unknown_family_is_none(world: World) -> None:
    stranger = RefreshToken(family=b"x" * 16, generation=0, secret=b"y" * 32)

    assert await look_up(world.store, world.sealing, stranger) is None


async def test_the_token_of_an_account_that_is_off_is_refused_even_if_its_grant_still_ran(world: World) -> None:
    """The second lock: switching an account off ends its grants, and is looked at itself."""
    token = parse((await world.sign_in()).refresh_token or "")
    ada = await world.store.read(lambda uow: uow.users.find_by_name_key(name_key("ada")))
    assert ada is not None
    await world.store.write(lambda uow: uow.users.set_disabled(ada.id, disabled=True))
    presented = await look_up(world.store, world.sealing, token)

    assert presented is not None
    assert presented.verdict == Refuse(code="refresh_token_revoked")
