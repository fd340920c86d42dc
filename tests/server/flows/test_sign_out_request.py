"""Reading what a client asks at `/logout`; what browsers see of it is in web/oauth/test_logout.py."""

import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.own_id_tokens import OwnIdTokens
from tokensmith.server.flows.sign_out_request import ReadSignOutRequest, SignOutRequest

pytestmark = pytest.mark.anyio
BYE = "https://app.example/bye"


async def read(world: World, **parameters: str) -> SignOutRequest:
    id_tokens = OwnIdTokens(issuer=ISSUER, ring=world.ring)
    return await ReadSignOutRequest(store=world.store, id_tokens=id_tokens).run(parameters)


async def test_a_hint_says_who_asks_and_where_to_go(world: World) -> None:
    await world.make_web_client(post_logout_redirect_uris=(BYE,))
    visitor = Visitor(Served(world))
    hint = (await visitor.redeem(await visitor.signed_in())).json()["id_token"]
    asked = await read(world, id_token_hint=hint, client_id="web", post_logout_redirect_uri=BYE, state="s")

    assert asked.client is not None
    assert (asked.client.id, asked.return_to, asked.state) == ("web", BYE, "s")
    for parameters, code in (
        ({"id_token_hint": hint, "client_id": "robot"}, "several_client_ids"),
        ({"id_token_hint": hint + "A"}, "sign_out_hint"),
        ({"id_token_hint": hint, "post_logout_redirect_uri": BYE + "/"}, "sign_out_address"),
        ({"client_id": "web", "post_logout_redirect_uri": BYE}, "sign_out_address"),
    ):
        with pytest.raises(InvalidRequestError) as caught:
            await read(world, **parameters)
        assert caught.value.code == code


async def test_nothing_need_be_said(world: World) -> None:
    assert await read(world) == SignOutRequest(client=None, hint=None, return_to=None, state=None)
    asked = await read(world, client_id="nobody")
    assert asked.client is None
