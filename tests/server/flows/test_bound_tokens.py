"""Tokens that are bound to a key, from the sign-in to the last refresh (RFC 9449 §5, §6)."""

import pytest

from tests.server.flows.world import World
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import InvalidDpopProofError, InvalidGrantError
from tokensmith.server.domain.possession import confirmation, name_certificate

pytestmark = pytest.mark.anyio

OWNER, THIEF = "thumbprint of the owner", "thumbprint of the thief"


async def bound_to(world: World, token: str) -> object:
    read = await world.own.read(token)
    assert read is not None
    return read.claims.get("cnf")


async def refused(world: World, token: str | None, *, key_thumbprint: str | None) -> str:
    with pytest.raises((InvalidGrantError, InvalidDpopProofError)) as caught:
        await world.refresh(token, key_thumbprint=key_thumbprint)
    return caught.value.code


async def test_a_sign_in_with_a_proof_gives_bound_tokens(world: World) -> None:
    """RFC 9449 §5: token_type DPoP, and the key's thumbprint in the token."""
    answer = await world.sign_in(key_thumbprint=OWNER)
    bearer = await world.sign_in()

    assert (answer.token_type, await bound_to(world, answer.access_token)) == ("DPoP", {"jkt": OWNER})
    assert (bearer.token_type, await bound_to(world, bearer.access_token)) == ("Bearer", None)


async def test_a_bound_refresh_token_needs_its_key_each_time(world: World) -> None:
    """RFC 9449 §5: the binding MUST be validated; nothing is revoked for a try without it."""
    first = await world.sign_in(key_thumbprint=OWNER)

    assert await refused(world, first.refresh_token, key_thumbprint=None) == "dpop_proof_missing"
    assert await refused(world, first.refresh_token, key_thumbprint=THIEF) == "refresh_token_other_key"
    second = await world.refresh(first.refresh_token, key_thumbprint=OWNER)
    third = await world.refresh(second.refresh_token, key_thumbprint=OWNER)
    assert (third.token_type, await bound_to(world, third.access_token)) == ("DPoP", {"jkt": OWNER})


@pytest.mark.parametrize("key_thumbprint", [OWNER, THIEF, None])
async def test_reuse_ends_the_family_with_or_without_the_key(world: World, key_thumbprint: str | None) -> None:
    """RFC 9700 §4.14.2: an old token that proves itself says that two hold this family, whoever brings it."""
    first = await world.sign_in(key_thumbprint=OWNER)
    second = await world.refresh(first.refresh_token, key_thumbprint=OWNER)
    third = await world.refresh(second.refresh_token, key_thumbprint=OWNER)
    world.pass_time(100)

    assert await refused(world, first.refresh_token, key_thumbprint=key_thumbprint) == "refresh_token_reused"
    assert not await world.is_running(third)


async def test_who_steals_a_token_cannot_make_it_their_own(world: World) -> None:
    """The thief redeems an unbound token with a key of their own; the owner, who has none, still sets off the alarm."""
    first = await world.sign_in()
    stolen = await world.refresh(first.refresh_token, key_thumbprint=THIEF)
    later = await world.refresh(stolen.refresh_token, key_thumbprint=THIEF)
    world.pass_time(100)

    assert await refused(world, first.refresh_token, key_thumbprint=None) == "refresh_token_reused"
    assert not await world.is_running(later)
    assert await refused(world, later.refresh_token, key_thumbprint=THIEF) == "refresh_token_revoked"


async def test_a_proof_at_a_refresh_binds_from_then_on(world: World) -> None:
    """RFC 9449 §5: a refresh token given to a public client that proves a key MUST be bound to it."""
    first = await world.sign_in()
    second = await world.refresh(first.refresh_token, key_thumbprint=OWNER)

    assert second.token_type == "DPoP"
    assert await refused(world, second.refresh_token, key_thumbprint=None) == "dpop_proof_missing"
    assert await refused(world, first.refresh_token, key_thumbprint=None) == "dpop_proof_missing"
    assert (await world.refresh(first.refresh_token, key_thumbprint=OWNER)).refresh_token == second.refresh_token


async def test_the_token_of_a_client_for_itself_is_bound(world: World) -> None:
    robot = await world.client("robot")
    answer = await world.client_credentials.run(robot, scope=None, resource=None, key_thumbprint=OWNER)

    assert (answer.token_type, await bound_to(world, answer.access_token)) == ("DPoP", {"jkt": OWNER})


async def test_a_client_with_a_secret_may_change_its_key(world: World) -> None:
    """RFC 9449 §5: its refresh tokens are bound to the client already, and not to the key."""
    first = await world.sign_in()
    world.give_secret(FIRST_PARTY)
    second = await world.refresh(first.refresh_token, key_thumbprint=OWNER)
    third = await world.refresh(second.refresh_token, key_thumbprint=THIEF)

    assert await bound_to(world, third.access_token) == {"jkt": THIEF}
    assert (await world.refresh(third.refresh_token)).token_type == "Bearer"


async def test_whoever_asks_about_a_bound_token_is_told_its_key(world: World) -> None:
    """RFC 9449 §6.2."""
    answer = await world.sign_in(key_thumbprint=OWNER)
    found = await world.introspect.run(await world.client("watcher"), answer.access_token)

    assert (found["active"], found["token_type"], found["cnf"]) == (True, "DPoP", {"jkt": OWNER})


async def test_a_certificate_binds_as_a_key_does(world: World) -> None:
    """RFC 8705 §3, §4: access token and, for a client without a secret, refresh token; sent as Bearer."""
    ours, theirs = name_certificate(b"ours"), name_certificate(b"theirs")
    first = await world.sign_in(key_thumbprint=ours)
    assert (first.token_type, await bound_to(world, first.access_token)) == ("Bearer", confirmation(ours))

    assert await refused(world, first.refresh_token, key_thumbprint=theirs) == "refresh_token_other_key"
    assert await refused(world, first.refresh_token, key_thumbprint=None) == "refresh_token_other_key"
    assert await refused(world, first.refresh_token, key_thumbprint=OWNER) == "refresh_token_other_key"
    second = await world.refresh(first.refresh_token, key_thumbprint=ours)
    assert (second.token_type, await bound_to(world, second.access_token)) == ("Bearer", confirmation(ours))
    found = await world.introspect.run(await world.client("watcher"), second.access_token)
    assert (found["token_type"], found["cnf"]) == ("Bearer", confirmation(ours))


async def test_the_digest_of_a_certificate_is_no_thumbprint_of_a_key(world: World) -> None:
    """The two are alike but for their names: a proof must not pass for a certificate, nor the other way round."""
    certificate = name_certificate(b"ours")
    (digest,) = confirmation(certificate).values()
    first = await world.sign_in(key_thumbprint=certificate)

    assert await refused(world, first.refresh_token, key_thumbprint=str(digest)) == "refresh_token_other_key"
