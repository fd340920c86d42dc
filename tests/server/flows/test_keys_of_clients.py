"""Where the keys of clients come from."""

from typing import Any

import pytest

from tests.server.flows.world import World
from tokensmith.jose import JoseError, Key, jwt
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio
URI = "https://app.example/keys"
KEY, NEXT = Key.generate("ES256"), Key.generate("PS256")


def published(*keys: Key) -> dict[str, Any]:
    return {"keys": [dict(key.public().to_jwk()) for key in keys]}


async def find(world: World, key: Key, **members: Any) -> str:
    """The id of the key that is found, or the code of the refusal."""
    await world.make_web_client()
    await world.change_client("web", registration=Registration(**{"jwks_uri": URI, **members}))
    return await find_again(world, key)


async def find_again(world: World, key: Key) -> str:
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("web")))
    assert client is not None
    try:
        found = await world.keys_of_clients.find(client, jwt.sign({"iss": "web"}, key))
    except JoseError as error:
        return error.code
    return str(found.kid)


async def test_what_a_client_publishes_counts_and_is_asked_for_once(world: World) -> None:
    world.network.publish(URI, published(KEY, NEXT))

    assert await find(world, KEY) == KEY.kid
    assert await find_again(world, NEXT) == NEXT.kid
    assert world.network.asked == [URI]


async def test_a_new_key_is_good_within_a_minute(world: World) -> None:
    """P68: a client changes its keys and tells nobody; one fetch per 10 s, whoever asks for keys there never were."""
    world.network.publish(URI, published(KEY))
    await find(world, KEY)
    world.network.publish(URI, published(NEXT))
    for _ in range(3):
        assert await find_again(world, NEXT) == "unknown_key"
    assert len(world.network.asked) == 1
    world.pass_time(60)

    assert await find_again(world, NEXT) == NEXT.kid
    assert await find_again(world, KEY) == "unknown_key"
    assert len(world.network.asked) == 2


@pytest.mark.parametrize(
    ("uri", "by_itself", "reached"),
    [
        (URI, False, True),
        (URI, True, True),
        ("http://127.0.0.1/keys", False, True),
        ("http://127.0.0.1/keys", True, False),
    ],
)
async def test_who_registers_by_itself_does_not_reach_into_our_network(
    world: World, uri: str, *, by_itself: bool, reached: bool
) -> None:
    """P88: what an operator wrote down may be inside."""
    world.network.publish(uri, published(KEY))
    code = await find(world, KEY, jwks_uri=uri, management_digest="d" if by_itself else None)

    assert (code == KEY.kid, world.network.asked == [uri]) == (reached, reached)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"keys": []},
        {"keys": [dict(KEY.to_jwk(private=True))]},
        {"keys": [dict(Key.generate("HS256").to_jwk(private=True))]},
    ],
)
async def test_what_is_no_set_of_public_keys_proves_nothing(world: World, document: Any) -> None:
    if document is not None:
        world.network.publish(URI, document)

    assert await find(world, KEY) == "client_keys_unavailable"


async def test_a_key_of_an_algorithm_we_do_not_offer_proves_nothing(world: World) -> None:
    key = Key.generate("ML-DSA-44")
    world.network.publish(URI, published(key))

    assert await find(world, key) == "client_key_alg"


async def test_a_client_without_keys_has_none(world: World) -> None:
    assert await find(world, KEY, jwks_uri=None) == "unknown_key"
