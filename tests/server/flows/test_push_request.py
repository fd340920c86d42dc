"""Pushing a request; what HTTP shows of it is in web/oauth/test_push_request.py."""

import pytest

from tests.server.flows.world import World
from tests.server.web.visitor import REQUEST
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.pending import URN, Pending
from tokensmith.server.flows.push_request import Pushed, PushRequest

pytestmark = pytest.mark.anyio


async def push(world: World, *, key_thumbprint: str | None = None, **changes: str) -> Pushed:
    flow = PushRequest(read=world.read_request, pending=Pending(store=world.store))
    return await flow.run(await world.client("web"), {**REQUEST, **changes}, (), key_thumbprint=key_thumbprint)


async def test_what_proves_the_client_is_not_kept(world: World) -> None:
    await world.make_web_client()
    pushed = await push(world, client_secret="very secret", client_assertion="a", client_assertion_type="b")
    (row,) = world.store._state.pending.values()

    assert pushed.request_uri.startswith(URN)
    assert row.parameters == REQUEST


async def test_the_code_is_bound_to_the_key_of_the_push(world: World) -> None:
    """P82: RFC 9449 §10.1; where both are there they agree."""
    await world.make_web_client()
    await push(world, key_thumbprint="k" * 43)
    (row,) = world.store._state.pending.values()
    assert row.parameters["dpop_jkt"] == "k" * 43
    await push(world, key_thumbprint="k" * 43, dpop_jkt="k" * 43)
    with pytest.raises(InvalidRequestError) as caught:
        await push(world, key_thumbprint="k" * 43, dpop_jkt="l" * 43)
    assert caught.value.code == "dpop_jkt_differs"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"request_uri": "urn:x"}, "request_uri_pushed"),
        ({"client_id": "robot"}, "several_client_ids"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_unregistered"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "pkce_method"),
    ],
)
async def test_it_is_checked_now_as_it_will_be_then(world: World, changes: dict[str, str], code: str) -> None:
    """P78, P79: RFC 9126 §2.1; nothing is kept of what would be refused."""
    await world.make_web_client()
    with pytest.raises(Exception, match=r"\w") as caught:
        await push(world, **changes)

    assert getattr(caught.value, "code", "") == code
    assert not world.store._state.pending
