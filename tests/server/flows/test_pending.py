"""Requests that wait."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.authorization_errors import InvalidRequestUriError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.flows.pending import URN, Pending

pytestmark = pytest.mark.anyio
PARAMETERS = {"scope": "openid"}


async def keep(world: World, *, browser: str | None, pushed: bool) -> tuple[Pending, str]:
    pending = Pending(store=world.store)
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("robot")))
    assert client is not None
    return pending, await pending.keep(client, PARAMETERS, ("https://r",), browser=browser, pushed=pushed)


async def test_a_browsers_request_is_its_own(world: World) -> None:
    pending, name = await keep(world, browser="mine", pushed=False)

    assert (await pending.open(name, browser="mine")).parameters == PARAMETERS
    with pytest.raises(InvalidRequestUriError) as caught:
        await pending.open(name, browser="other")
    assert (caught.value.code, caught.value.error) == ("request_over", "invalid_request_uri")


async def test_the_first_browser_gets_one_that_has_none(world: World) -> None:
    pending, name = await keep(world, browser=None, pushed=False)
    await pending.open(name, browser="first")

    with pytest.raises(InvalidRequestUriError):
        await pending.open(name, browser="second")


async def test_a_pushed_one_is_brought_by_its_client_to_one_browser(world: World) -> None:
    """RFC 9126 §2.2, §4, §7.1: not opened before, not by another client's link, not by two browsers."""
    pending, name = await keep(world, browser=None, pushed=True)
    with pytest.raises(InvalidRequestUriError):
        await pending.open(name, browser="first")
    with pytest.raises(InvalidRequestUriError) as caught:
        await pending.bring(URN + name, client_id="other", browser="first")
    assert caught.value.code == "pushed_request_other_client"
    brought, found = await pending.bring(URN + name, client_id="robot", browser="first")
    assert (brought, found.parameters, found.resources) == (name, PARAMETERS, ("https://r",))
    await pending.bring(URN + name, client_id="robot", browser="first")
    await pending.open(name, browser="first")
    with pytest.raises(InvalidRequestUriError) as caught:
        await pending.bring(URN + name, client_id="robot", browser="second")
    assert caught.value.code == "pushed_request_other_browser"


@pytest.mark.parametrize(("seconds", "good"), [(89, True), (90, False)])
async def test_a_pushed_one_is_brought_soon(world: World, seconds: int, good: bool) -> None:
    """P78: and waits for an hour from then on."""
    pending, name = await keep(world, browser=None, pushed=True)
    world.pass_time(seconds)
    if not good:
        with pytest.raises(InvalidRequestUriError) as caught:
            await pending.bring(URN + name, client_id="robot", browser="first")
        assert caught.value.code == "pushed_request_unknown"
        return
    await pending.bring(URN + name, client_id="robot", browser="first")
    world.pass_time(3599)
    await pending.open(name, browser="first")


async def test_what_was_not_pushed_is_not_brought(world: World) -> None:
    pending, name = await keep(world, browser="mine", pushed=False)
    _, pushed = await keep(world, browser=None, pushed=True)
    for uri in (URN + name, pushed, "urn:other:" + pushed):
        with pytest.raises(InvalidRequestUriError):
            await pending.bring(uri, client_id="robot", browser="mine")
