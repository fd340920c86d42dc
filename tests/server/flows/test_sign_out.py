"""A person signs out: everything under the session ends."""

from dataclasses import replace

import pytest

from tests.server.flows.world import READ, World
from tokensmith.server.domain.errors import InvalidGrantError
from tokensmith.server.domain.ids import GrantId
from tokensmith.server.domain.refresh_tokens import SECRET_BYTES, RefreshToken, parse
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.anyio


async def test_refresh_and_access_tokens_end(world: World) -> None:
    answer = await world.sign_in()
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")

    assert not await world.is_running(answer)
    with pytest.raises(InvalidGrantError) as caught:
        await world.refresh(answer.refresh_token)
    assert caught.value.code == "refresh_token_revoked"
    assert (await world.audited())[-1] == "signed_out"


async def test_another_session_of_the_same_person_goes_on(world: World) -> None:
    here, there = await world.sign_in(), await world.sign_in()
    await world.sign_out.run(here.refresh_token or "", source="192.0.2.1")

    assert await world.is_running(there)


async def test_a_token_long_rotated_out_still_signs_out(world: World) -> None:
    """Who held a token of the session may end it; a late sign-out must not fail."""
    first = await world.sign_in()
    second = await world.refresh(first.refresh_token)
    world.pass_time(3600)
    await world.sign_out.run(first.refresh_token or "", source="192.0.2.1")

    with pytest.raises(InvalidGrantError):
        await world.refresh(second.refresh_token)


async def test_signing_out_twice_is_no_error(world: World) -> None:
    answer = await world.sign_in()
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")
    await world.sign_out.run(answer.refresh_token or "", source="192.0.2.1")

    assert (await world.audited()).count("signed_out") == 1


async def test_what_proves_nothing_ends_nothing(world: World) -> None:
    answer = await world.sign_in()
    token = parse(answer.refresh_token or "")
    guess = RefreshToken(family=token.family, generation=0, secret=b"g" * SECRET_BYTES)
    stranger = RefreshToken(family=b"x" * 16, generation=0, secret=b"g" * SECRET_BYTES)
    for text in (str(guess), str(stranger), "", "nonsense"):
        await world.sign_out.run(text, source="192.0.2.1")

    assert await world.is_running(answer)


async def test_a_grant_that_hangs_under_no_session_ends_by_itself(world: World) -> None:
    """A device or a service may hold a refresh token without a browser's sign-in."""
    answer = await world.sign_in()
    token = RefreshToken(family=b"d" * 16, generation=0, secret=b"s" * SECRET_BYTES)

    async def lend(uow: UnitOfWork) -> GrantId:
        found = await uow.refresh_tokens.find(parse(answer.refresh_token or "").family)
        assert found is not None
        standing = await uow.grants.standing(found[0].grant_id)
        assert standing is not None
        grant = replace(standing.grant, id=GrantId("device"), session_id=None)
        await uow.grants.add(grant, audiences={standing.audiences[0].resource.id: frozenset({READ})})
        family = replace(found[0], family=token.family, grant_id=grant.id, secret_digest=digest(token.secret))
        await uow.refresh_tokens.add(family)
        return grant.id

    grant_id = await world.store.write(lend)
    await world.sign_out.run(str(token), source="192.0.2.1")
    standing = await world.store.read(lambda uow: uow.grants.standing(grant_id))

    assert standing is not None
    assert standing.grant.ended_at_ms is not None
    assert await world.is_running(answer)
