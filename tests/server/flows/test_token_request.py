"""`POST /token`: grant_type → flow (RFC 6749 §3.2)."""

from collections.abc import Mapping

import pytest

from tests.server.flows.world import NOTES, READ, World
from tokensmith.server.domain.errors import InvalidRequestError, InvalidTargetError, UnsupportedGrantTypeError
from tokensmith.server.flows.token_request import TokenEndpoint, TokenRequest
from tokensmith.server.flows.tokens import TokenAnswer

pytestmark = pytest.mark.anyio


async def post(
    world: World, parameters: Mapping[str, str], *, client_id: str = "robot", resources: tuple[str, ...] = ()
) -> TokenAnswer:
    endpoint = TokenEndpoint(
        code=world.exchange_code,
        refresh=world.refresh_flow,
        client_credentials=world.client_credentials,
        device=world.exchange_device,
        exchange=world.exchange_token,
        assertion=world.exchange_assertion,
    )
    request = TokenRequest(
        client=await world.client(client_id),
        parameters=parameters,
        resources=resources,
        source="192.0.2.1",
        key_thumbprint=None,
    )
    return await endpoint.run(request)


async def test_client_credentials_are_served(world: World) -> None:
    assert (await post(world, {"grant_type": "client_credentials", "scope": READ}, resources=(NOTES,))).scope == READ


async def test_a_refresh_token_is_served(world: World) -> None:
    first = await world.sign_in()
    parameters = {"grant_type": "refresh_token", "refresh_token": first.refresh_token or ""}

    assert (await post(world, parameters, client_id="first-party")).scope == READ


@pytest.mark.parametrize("parameters", [{}, {"grant_type": "refresh_token"}])
async def test_a_missing_parameter_is_named_in_the_log(world: World, parameters: Mapping[str, str]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await post(world, parameters)

    assert caught.value.code == "parameter_missing"
    assert caught.value.detail in {"grant_type", "refresh_token"}


@pytest.mark.parametrize("grant_type", ["password", "implicit", "Client_Credentials", "urn:x"])
async def test_another_grant_type_is_not_served(world: World, grant_type: str) -> None:
    """RFC 9700 §2.4: not the password grant either."""
    with pytest.raises(UnsupportedGrantTypeError) as caught:
        await post(world, {"grant_type": grant_type})

    assert caught.value.code == "unsupported_grant_type"


async def test_several_resources_at_once_are_refused(world: World) -> None:
    """An access token has one audience (RFC 9068 §5)."""
    with pytest.raises(InvalidTargetError) as caught:
        await post(world, {"grant_type": "client_credentials"}, resources=(NOTES, "https://mail.example"))

    assert caught.value.code == "several_resources"


async def test_neither_request_nor_answer_shows_a_token_in_a_log(world: World) -> None:
    answer = await world.sign_in()
    request = TokenRequest(
        client=await world.client("robot"),
        parameters={"refresh_token": answer.refresh_token or ""},
        resources=(),
        source="192.0.2.1",
        key_thumbprint=None,
    )

    assert "tsr_" not in repr(request) + repr(answer)
    assert answer.access_token not in repr(answer)
