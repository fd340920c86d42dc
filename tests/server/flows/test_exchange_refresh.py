"""Refresh token → new tokens, over a store: races, lost answers, thefts, and what they leave behind."""

import asyncio
from dataclasses import replace

import pytest

from tests.server.fake_grants import FakeRefreshTokens, FakeStatusLists
from tests.server.fake_people import FakeUsers
from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.server.domain.clients import FIRST_PARTY, Lifetimes
from tokensmith.server.domain.errors import (
    InvalidGrantError,
    InvalidScopeError,
    InvalidTargetError,
    UnauthorizedClientError,
    UnavailableError,
)
from tokensmith.server.domain.ids import GrantId, ResourceId, UserId
from tokensmith.server.domain.refresh_tokens import FAMILY_BYTES, SECRET_BYTES, RefreshToken, parse
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.flows.tokens import TokenAnswer

pytestmark = pytest.mark.anyio


async def refused(world: World, token: str | None) -> str:
    """The code with which a refresh token is refused."""
    with pytest.raises(InvalidGrantError) as caught:
        await world.refresh(token)
    assert str(caught.value) == "The refresh token is not valid."
    return caught.value.code


async def test_a_refresh_gives_the_next_refresh_token_and_a_fresh_access_token(world: World) -> None:
    first = await world.sign_in()
    world.pass_time(100)
    second = await world.refresh(first.refresh_token)
    old, new = await world.read(first), await world.read(second)

    assert parse(second.refresh_token or "").generation == 1
    assert new.claims["iat"] == old.claims["iat"] + 100  # type: ignore[operator]
    assert {name: new.claims[name] for name in ("sub", "sid", "auth_time", "scope", "aud", "status")} == {
        name: old.claims[name] for name in ("sub", "sid", "auth_time", "scope", "aud", "status")
    }


async def test_every_racer_gets_the_same_successor(world: World) -> None:
    """P52: Tabs that wake up together are no theft, and nobody is logged out."""
    first = await world.sign_in()
    answers = await asyncio.gather(*(world.refresh(first.refresh_token) for _ in range(8)))

    assert len({answer.refresh_token for answer in answers}) == 1
    assert parse(answers[0].refresh_token or "").generation == 1
    assert (await world.audited()).count("refreshed") == 1


async def test_a_lost_answer_is_no_logout_within_the_minute(world: World) -> None:
    """P52."""
    first = await world.sign_in()
    lost = await world.refresh(first.refresh_token)
    world.pass_time(59.9)

    assert (await world.refresh(first.refresh_token)).refresh_token == lost.refresh_token


async def test_an_old_token_ends_the_whole_family_and_every_token_of_it(world: World) -> None:
    """P51: RFC 9700 §4.14.2: who came second may be the thief, or the owner; neither keeps anything."""
    first = await world.sign_in()
    second = await world.refresh(first.refresh_token)
    third = await world.refresh(second.refresh_token)
    world.pass_time(10)

    assert await refused(world, first.refresh_token) == "refresh_token_reused"
    assert await refused(world, third.refresh_token) == "refresh_token_revoked"
    assert not await world.is_running(third)
    assert (await world.audited())[-1] == "refresh_reused"


async def test_reuse_ends_only_its_own_family(world: World) -> None:
    other = await world.sign_in()
    await test_an_old_token_ends_the_whole_family_and_every_token_of_it(world)

    assert await world.is_running(other)
    assert (await world.refresh(other.refresh_token)).scope == READ


async def test_a_repeat_is_audited_as_one(world: World) -> None:
    first = await world.sign_in()
    await world.refresh(first.refresh_token)
    await world.refresh(first.refresh_token)

    assert (await world.audited())[-2:] == ["refreshed", "refresh_repeated"]


async def test_an_unknown_family_is_refused(world: World) -> None:
    stranger = RefreshToken(family=b"x" * FAMILY_BYTES, generation=0, secret=b"y" * SECRET_BYTES)

    assert await refused(world, str(stranger)) == "refresh_token_unknown"


async def test_what_is_no_token_is_refused(world: World) -> None:
    assert await refused(world, "tsr_nonsense") == "refresh_token_malformed"


async def test_a_guessed_secret_is_refused_and_ends_nothing(world: World) -> None:
    first = await world.sign_in()
    token = parse(first.refresh_token or "")
    guess = RefreshToken(family=token.family, generation=token.generation, secret=b"g" * SECRET_BYTES)

    assert await refused(world, str(guess)) == "refresh_token_unproven"
    assert (await world.refresh(first.refresh_token)).scope == READ


async def test_a_token_from_before_a_restore_is_refused_under_its_own_code(world: World) -> None:
    first = await world.sign_in()
    token = parse(first.refresh_token or "")
    ahead = RefreshToken(family=token.family, generation=5, secret=token.secret)

    assert await refused(world, str(ahead)) == "refresh_token_ahead"


async def test_another_client_cannot_use_it(world: World) -> None:
    """P54: RFC 6749 §6: bound to the client it was issued to."""
    first = await world.sign_in()
    robot = await world.client("robot")
    with pytest.raises(InvalidGrantError) as caught:
        await world.refresh_flow.run(
            robot, first.refresh_token or "", scope=None, resource=None, source="192.0.2.1", key_thumbprint=None
        )

    assert caught.value.code == "refresh_token_other_client"
    assert (await world.refresh(first.refresh_token)).scope == READ


async def test_a_client_without_the_grant_type_may_not_refresh(world: World) -> None:
    client = replace(await world.client(FIRST_PARTY), grant_types=frozenset())
    with pytest.raises(UnauthorizedClientError) as caught:
        await world.refresh_flow.run(client, "tsr_", scope=None, resource=None, source="192.0.2.1", key_thumbprint=None)

    assert caught.value.code == "unauthorized_client"


@pytest.mark.parametrize(("idle", "absolute"), [(100, 1000), (1000, 100)])
async def test_an_unused_or_old_family_expires(world: World, idle: int, absolute: int) -> None:
    """P55."""
    await world.set_lifetimes(FIRST_PARTY, Lifetimes(refresh_idle=idle, refresh_absolute=absolute))
    first = await world.sign_in()
    world.pass_time(100)

    assert await refused(world, first.refresh_token) == "refresh_token_expired"


async def test_refreshing_does_not_outlive_the_absolute_end(world: World) -> None:
    await world.set_lifetimes(FIRST_PARTY, Lifetimes(refresh_idle=60, refresh_absolute=100))
    answer = await world.sign_in()
    world.pass_time(50)
    answer = await world.refresh(answer.refresh_token)
    world.pass_time(50)

    assert await refused(world, answer.refresh_token) == "refresh_token_expired"


async def test_a_scope_can_be_narrowed_but_not_widened(world: World) -> None:
    """P54: RFC 6749 §6; and a refused request does not spend the token."""
    first = await world.sign_in("grace", scope=READ)
    with pytest.raises(InvalidScopeError) as caught:
        await world.refresh(first.refresh_token, scope=f"{READ} {WRITE}")
    assert caught.value.code == "scope_wider"

    both = await world.sign_in("grace")
    narrowed = await world.refresh(both.refresh_token, scope=READ)
    widened_again = await world.refresh(narrowed.refresh_token)
    assert (narrowed.scope, widened_again.scope) == (READ, f"{READ} {WRITE}")
    assert parse((await world.refresh(first.refresh_token)).refresh_token or "").generation == 1


async def test_another_resource_than_the_granted_one_is_refused(world: World) -> None:
    first = await world.sign_in()
    with pytest.raises(InvalidTargetError):
        await world.refresh(first.refresh_token, resource="https://other.example")

    assert (await world.refresh(first.refresh_token, resource=NOTES)).scope == READ


async def test_a_permission_taken_away_is_gone_from_the_next_token_and_from_running_ones(world: World) -> None:
    """The status bit ends what is out there; the next refresh carries less, under a new index."""
    first = await world.sign_in("grace")
    await world.users.forbid("grace", audience=NOTES, scopes=frozenset({WRITE}))
    assert not await world.is_running(first)
    second = await world.refresh(first.refresh_token)

    assert second.scope == READ
    assert await world.is_running(second)
    assert (await world.read(first)).place != (await world.read(second)).place


async def test_a_person_with_nothing_left_gets_nothing(world: World) -> None:
    first = await world.sign_in("ada")
    await world.users.forbid("ada", audience=NOTES, scopes=frozenset({READ}))

    with pytest.raises(InvalidScopeError) as caught:
        await world.refresh(first.refresh_token)
    assert caught.value.code == "scope_empty"


@pytest.mark.parametrize("end", ["disable", "password", "client"])
async def test_what_ends_a_grant_ends_its_refresh_token(world: World, end: str) -> None:
    first: TokenAnswer = await world.sign_in()
    client = await world.client(FIRST_PARTY)
    if end == "disable":
        await world.users.set_disabled("ada", disabled=True)
    elif end == "password":
        await world.users.set_password("ada", password="another one")
    else:
        await world.clients.set_disabled(FIRST_PARTY, disabled=True)

    with pytest.raises(InvalidGrantError) as caught:
        await world.refresh_flow.run(
            client, first.refresh_token or "", scope=None, resource=None, source="192.0.2.1", key_thumbprint=None
        )
    assert caught.value.code == "refresh_token_revoked"
    assert not await world.is_running(first)


async def test_a_family_that_is_never_won_is_given_up_after_a_few_rounds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounded work, and the caller is told to come again; the token is not spent."""

    async def lose(*_: object, **__: object) -> bool:
        return False

    first = await world.sign_in()
    with monkeypatch.context() as patch:
        patch.setattr(FakeRefreshTokens, "advance", lose)
        with pytest.raises(UnavailableError) as caught:
            await world.refresh(first.refresh_token)

    assert caught.value.code == "refresh_contention"
    assert (await world.refresh(first.refresh_token)).scope == READ


async def test_a_permission_that_goes_while_a_place_is_taken_is_not_in_the_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change set the bit of the old place, and cannot know of a place that is taken after it."""
    first = await world.sign_in("grace")
    await world.users.forbid("grace", audience=NOTES, scopes=frozenset({"notes:read"}))
    await world.users.allow("grace", audience=NOTES, scopes=frozenset({"notes:read"}))
    take = FakeStatusLists.take

    async def take_after_a_change(self: FakeStatusLists, grant_id: GrantId, resource_id: ResourceId) -> StatusPlace:
        await FakeUsers(self._state).forbid(UserId(str(subject)), resource_id, scopes=frozenset({WRITE}))
        return await take(self, grant_id, resource_id)

    subject = (await world.read(first)).claims["sub"]
    monkeypatch.setattr(FakeStatusLists, "take", take_after_a_change)

    assert (await world.refresh(first.refresh_token)).scope == READ
