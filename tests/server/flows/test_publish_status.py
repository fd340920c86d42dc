"""Status lists: built from the database, signed, and tagged the same by every process (Token Status List §5.1)."""

import pytest

from tests.server.flows.world import ISSUER, World
from tokensmith.jose import jws
from tokensmith.jose.base64url import decode
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.strict_json import JsonValue, parse_object
from tokensmith.server.domain.errors import NotFoundError
from tokensmith.server.domain.ids import KeyId
from tokensmith.server.domain.status_lists import RESIGN_AFTER_SECONDS
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.publish_status import PublishStatus, SignedStatusList

pytestmark = pytest.mark.anyio


async def claims_of(world: World, signed: SignedStatusList) -> dict[str, JsonValue]:
    keys, _ = await world.ring.public_keys()
    verified = jws.verify(signed.token, keys)
    assert verified.header["typ"] == "statuslist+jwt"
    return parse_object(verified.payload)


async def test_a_revoked_token_has_its_bit_set_and_a_running_one_has_not(world: World) -> None:
    gone, good = await world.sign_in(), await world.sign_in()
    gone_place, good_place = (await world.read(gone)).place, (await world.read(good)).place
    await world.sign_out.run(gone.refresh_token or "", source="192.0.2.1")
    claims = await claims_of(world, await world.publish_status.run(gone_place.list_id))
    bits = StatusList.from_claim(claims["status_list"])

    assert claims["sub"] == f"{ISSUER}/status/{gone_place.list_id}"
    assert (bits[gone_place.index], bits[good_place.index]) == (1, 0)
    assert claims["exp"] == claims["iat"] + 300  # type: ignore[operator]
    assert claims["ttl"] == 2


async def test_the_same_list_is_signed_once(world: World) -> None:
    list_id = (await world.read(await world.sign_in())).place.list_id

    assert await world.publish_status.run(list_id) is await world.publish_status.run(list_id)


async def test_a_revocation_or_a_new_window_makes_a_new_one(world: World) -> None:
    answer = await world.sign_in()
    list_id = (await world.read(answer)).place.list_id
    first = await world.publish_status.run(list_id)
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")
    second = await world.publish_status.run(list_id)
    world.pass_time(RESIGN_AFTER_SECONDS)
    third = await world.publish_status.run(list_id)

    assert len({first.etag, second.etag, third.etag}) == 3


async def test_two_processes_give_the_same_tag(world: World) -> None:
    list_id = (await world.read(await world.sign_in())).place.list_id
    ring = KeyRing(world.store, world.sealing, monotonic=lambda: world.seconds)
    other = PublishStatus(issuer=ISSUER, store=world.store, ring=ring)

    assert (await other.run(list_id)).etag == (await world.publish_status.run(list_id)).etag


async def test_an_unknown_list_is_not_found(world: World) -> None:
    with pytest.raises(NotFoundError) as caught:
        await world.publish_status.run(99)

    assert caught.value.code == "not_found"


async def test_every_list_is_named(world: World) -> None:
    """Token Status List §9.3."""
    place = (await world.read(await world.sign_in())).place

    assert f"{ISSUER}/status/{place.list_id}" in await world.publish_status.uris()


async def test_a_compromised_key_is_named_at_once_and_signs_nothing_more(world: World) -> None:
    """Guards drop it within the bound of the list, whatever their copy of the JWK Set says."""
    list_id = (await world.read(await world.sign_in())).place.list_id
    before = await world.publish_status.run(list_id)
    kid = (await world.ring.signing_key("ES256")).kid
    assert kid is not None
    await world.keys.retire_compromised(KeyId(kid))
    after = await world.publish_status.run(list_id)
    claims = await claims_of(world, after)

    assert after.etag != before.etag
    assert claims["retired_kids"] == [kid]
    assert "retired_kids" not in parse_object(_payload(before.token))


def _payload(token: str) -> bytes:
    return decode(token.split(".")[1])
