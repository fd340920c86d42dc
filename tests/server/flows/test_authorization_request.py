"""Reading an authorization request; what `/authorize` shows of it is in web/oauth/test_authorize.py."""

from typing import Any

import pytest

from tests.server.flows.world import World
from tests.server.web.visitor import APP, REQUEST
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.authorization_request import AuthorizationRequest, Refusal

pytestmark = pytest.mark.anyio


async def read(world: World, *, pushed: bool = False, **changes: Any) -> AuthorizationRequest | Refusal:
    parameters = {name: value for name, value in {**REQUEST, **changes}.items() if value is not None}
    return await world.read_request.run(parameters, (), pushed=pushed)


async def test_a_request_is_read_once_into_values(world: World) -> None:
    await world.make_web_client()
    request = await read(world, prompt="login consent", max_age="60", claims='{"userinfo":{"email":null}}')

    assert isinstance(request, AuthorizationRequest)
    assert request.scopes == {"openid", "profile", "notes:read", "email"}
    assert request.prompts == {"login", "consent"}
    assert (request.max_age, request.nonce) == (60, "the nonce")
    assert (request.to.uri, request.to.mode, request.to.state) == (APP, "query", "the state")


async def test_an_only_address_need_not_be_named(world: World) -> None:
    """RFC 6749 §3.1.2.3; one of two has to be."""
    await world.make_web_client()
    request = await read(world, redirect_uri=None)
    assert isinstance(request, AuthorizationRequest)
    assert (request.to.uri, request.redirect_uri) == (APP, None)

    await world.make_web_client("two", redirect_uris=(APP, APP + "2"))
    with pytest.raises(InvalidRequestError) as caught:
        await read(world, client_id="two", redirect_uri=None)
    assert caught.value.code == "redirect_uri_unregistered"


async def test_the_log_says_what_differed(world: World) -> None:
    """And the person is told nothing of it."""
    await world.make_web_client()
    with pytest.raises(InvalidRequestError) as caught:
        await read(world, redirect_uri=APP + "/")

    differs = f"path '/cb/' differs from '{APP}'"
    assert caught.value.detail == f"client=web {differs}; sent='{APP}/' registered=['{APP}']"
    assert APP not in str(caught.value)


async def test_a_client_may_have_to_push(world: World) -> None:
    """RFC 9126 §6."""
    await world.make_web_client(requires_pushed=True)
    refused = await read(world)
    assert isinstance(refused, Refusal)
    assert refused.error.code == "request_not_pushed"
    assert isinstance(await read(world, pushed=True), AuthorizationRequest)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_mode": "fragment"}, "response_mode"),
        ({"prompt": "none login"}, "prompt_contradicts"),
        ({"prompt": "create"}, "prompt_unknown"),
        ({"max_age": "1.5"}, "max_age_malformed"),
        ({"dpop_jkt": "x"}, "dpop_jkt_malformed"),
        ({"state": "s" * 2049}, "parameter_too_long"),
    ],
)
async def test_causes_have_codes(world: World, changes: dict[str, str], code: str) -> None:
    await world.make_web_client()
    refused = await read(world, **changes)

    assert isinstance(refused, Refusal)
    assert refused.error.code == code


async def test_nobody_is_signed_in_for_a_client_that_is_not_known(world: World) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await read(world)

    assert caught.value.code == "authorize_client_unknown"
