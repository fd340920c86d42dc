"""What becomes of a request; what browsers see of it is in web/oauth/test_authorize.py."""

import asyncio

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.server.domain.errors import UnavailableError

pytestmark = pytest.mark.anyio


@pytest.fixture
async def visitor(world: World) -> Visitor:
    await world.make_web_client()
    return Visitor(Served(world))


async def test_two_tabs_get_one_code(visitor: Visitor) -> None:
    """The request is taken out with the code."""
    await visitor.authorize()
    await visitor.sign_in()
    page = visitor.page
    body = {**page.fields, "decision": "allow"}
    answers = await asyncio.gather(*(visitor.http.post(page.action or "", data=body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400]


async def test_a_yes_is_written_down(visitor: Visitor, world: World) -> None:
    await visitor.signed_in()
    rows = await world.store.read(lambda uow: uow.audit.latest(limit=1))

    assert rows[0].event.name == "consent_given"
    assert rows[0].event.client_id == "web"
    assert rows[0].event.source == "192.0.2.1"


async def test_trouble_on_our_side_is_not_the_clients(visitor: Visitor, world: World) -> None:
    """It is told to the person, and can be tried again."""
    await visitor.signed_in()
    world.store.outage = UnavailableError("gone", code="database_unavailable")
    await visitor.authorize()

    assert visitor.status == 503
    assert visitor.response.headers["retry-after"] == "1"


async def test_codes_are_as_long_as_secrets(visitor: Visitor) -> None:
    """P40: 256 random bits."""
    first, second = await visitor.signed_in(), await visitor.signed_in()

    assert (len(first), len(second)) == (43, 43)
    assert first != second
