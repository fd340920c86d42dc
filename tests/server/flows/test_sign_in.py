"""A person signs in with a name and a password."""

from dataclasses import replace

import pytest

from tests.server.fake_grants import FakeGrants
from tests.server.flows.world import NOTES, READ, WRITE, World
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import (
    InvalidCredentialsError,
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    TooManyAttemptsError,
)
from tokensmith.server.domain.sign_in_attempts import NAME_ALONE, NAME_AND_SOURCE
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.domain.users import name_key
from tokensmith.server.flows.sign_in import SignInRequest

pytestmark = pytest.mark.anyio


async def test_the_answer_carries_what_the_person_may_do(world: World) -> None:
    """RFC 9068 §2.2: who, for which client, at which audience, with which scopes."""
    answer = await world.sign_in("grace")
    token = await world.read(answer)

    assert answer.scope == f"{READ} {WRITE}"
    assert answer.expires_in == 900
    assert token.audience == NOTES
    assert token.claims["client_id"] == FIRST_PARTY
    assert token.claims["scope"] == f"{READ} {WRITE}"
    assert token.claims["amr"] == ("pwd",)
    assert token.claims["auth_time"] == token.claims["iat"]
    assert {"sub", "jti", "sid"} <= set(token.claims)


async def test_a_name_is_found_however_it_is_capitalised(world: World) -> None:
    assert (await world.sign_in("ADA")).scope == READ


async def test_scopes_are_what_was_asked_and_what_the_person_has(world: World) -> None:
    assert (await world.sign_in("grace", scope=READ)).scope == READ
    assert (await world.sign_in("ada", scope=f"{READ} {WRITE}")).scope == READ


async def test_a_scope_nobody_has_is_refused(world: World) -> None:
    with pytest.raises(InvalidScopeError) as caught:
        await world.sign_in("ada", scope=WRITE)

    assert caught.value.code == "scope_empty"


async def test_a_malformed_scope_is_refused(world: World) -> None:
    with pytest.raises(InvalidScopeError) as caught:
        await world.sign_in("ada", scope='a"b')

    assert caught.value.code == "scope_malformed"


@pytest.mark.parametrize("resource", ["https://other.example", NOTES + "/", ""])
async def test_an_unknown_resource_is_refused(world: World, resource: str) -> None:
    """RFC 8707 §2: compared exactly."""
    with pytest.raises(InvalidTargetError) as caught:
        await world.sign_in("ada", resource=resource)

    assert caught.value.code == "invalid_target"


async def test_without_a_default_the_resource_must_be_named(world: World) -> None:
    await world.store.write(_forget_default)

    with pytest.raises(InvalidTargetError):
        await world.sign_in("ada")
    assert (await world.sign_in("ada", resource=NOTES)).scope == READ


async def _forget_default(uow: UnitOfWork) -> None:
    client = await uow.clients.find(FIRST_PARTY)
    assert client is not None
    await uow.clients.update(replace(client, default_resource_id=None))


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", "wrong"), ("nobody", "correct horse")])
async def test_wrong_password_and_unknown_name_are_one_answer(world: World, name: str, password: str) -> None:
    """Who exists must not be told (OWASP: user enumeration)."""
    with pytest.raises(InvalidCredentialsError) as caught:
        await world.sign_in(name, password=password)

    assert str(caught.value) == "The user name or the password is wrong."
    assert (caught.value.code, caught.value.status) == ("invalid_credentials", 401)


@pytest.mark.parametrize("name", ["ada", "nobody"])
async def test_the_same_work_is_done_whether_or_not_the_name_exists(world: World, name: str) -> None:
    """One hashing and the same number of transactions; time tells nothing."""
    before = world.store.writes
    with pytest.raises(InvalidCredentialsError):
        await world.sign_in(name, password="wrong")

    assert len(world.hasher.verified) == 1
    assert world.store.writes - before == 2


async def test_a_switched_off_account_answers_like_a_wrong_password(world: World) -> None:
    await world.users.set_disabled("ada", disabled=True)

    with pytest.raises(InvalidCredentialsError):
        await world.sign_in("ada")


async def test_a_name_that_cannot_be_one_is_refused_before_any_hashing(world: World) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await world.sign_in("ada lovelace")

    assert caught.value.code == "bad_user_name"
    assert world.hasher.verified == []


async def test_a_password_of_megabytes_is_refused_before_any_hashing(world: World) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await world.sign_in("ada", password="x" * 1025)

    assert caught.value.code == "bad_password"
    assert world.hasher.verified == []


async def fail(world: World, times: int, *, name: str = "ada", source: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentialsError):
            await world.sign_in(name, password="wrong", source=source)


@pytest.mark.parametrize("name", ["ada", "nobody"])
async def test_too_many_wrong_passwords_lock_a_name_for_their_source(world: World, name: str) -> None:
    """The right password does not help while locked, and a name that does not exist locks alike."""
    await fail(world, NAME_AND_SOURCE.limit, name=name)

    with pytest.raises(TooManyAttemptsError) as caught:
        await world.sign_in(name)
    assert caught.value.code == "sign_in_locked"
    assert caught.value.retry_after_seconds == NAME_AND_SOURCE.lock_ms // 1000


async def test_a_lock_ends_when_it_said_it_would(world: World) -> None:
    await fail(world, NAME_AND_SOURCE.limit)
    world.pass_time(NAME_AND_SOURCE.lock_ms / 1000 - 0.001)
    with pytest.raises(TooManyAttemptsError):
        await world.sign_in("ada")
    world.pass_time(0.001)

    assert (await world.sign_in("ada")).scope == READ


async def test_another_source_is_not_locked_out_by_it(world: World) -> None:
    """A stranger's guesses must not lock the owner out."""
    await fail(world, NAME_AND_SOURCE.limit, source="198.51.100.7")

    assert (await world.sign_in("ada")).scope == READ


async def test_guessing_from_many_sources_locks_the_name_but_not_for_sources_it_knows(world: World) -> None:
    await world.sign_in("ada", source="192.0.2.1")
    # The first sign-in from a new source is counted too.
    for number in range(NAME_ALONE.limit - 1):
        await fail(world, 1, source=f"198.51.100.{number}")

    with pytest.raises(TooManyAttemptsError):
        await world.sign_in("ada", source="203.0.113.1")
    assert (await world.sign_in("ada", source="192.0.2.1")).scope == READ


async def test_a_success_forgets_the_failures_of_its_source(world: World) -> None:
    await fail(world, NAME_AND_SOURCE.limit - 1)
    await world.sign_in("ada")

    await fail(world, NAME_AND_SOURCE.limit - 1)
    assert (await world.sign_in("ada")).scope == READ


async def test_a_right_password_with_a_refused_scope_is_no_failed_attempt(world: World) -> None:
    for _ in range(NAME_AND_SOURCE.limit + 1):
        with pytest.raises(InvalidScopeError):
            await world.sign_in("ada", scope=WRITE)

    assert (await world.sign_in("ada")).scope == READ


async def test_an_old_hash_is_replaced_at_sign_in(world: World) -> None:
    """Parameters change with the years; hashes follow without anybody noticing."""
    user = await world.store.read(lambda uow: uow.users.find_by_name_key(name_key("ada")))
    assert user is not None
    await world.store.write(lambda uow: uow.users.replace_password_hash(user.id, password_hash="old$correct horse"))

    await world.sign_in("ada")
    after = await world.store.read(lambda uow: uow.users.find(user.id))
    assert after is not None
    assert after.password_hash == "new$correct horse"


async def test_success_and_failure_are_audited(world: World) -> None:
    await fail(world, 1)
    await world.sign_in("ada")

    assert (await world.audited())[-2:] == ["sign_in_failed", "signed_in"]


async def test_a_request_shows_neither_name_nor_password_in_a_log(world: World) -> None:
    request = SignInRequest(
        username="ada", password="hunter22", resource=None, scope=None, source="192.0.2.1", key_thumbprint=None
    )

    assert "hunter22" not in repr(request)
    assert "ada" not in repr(request)


async def test_a_grant_that_cannot_be_read_back_gives_no_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken invariant of the store is refused, never guessed around."""

    async def vanish(*_: object) -> None:
        return None

    monkeypatch.setattr(FakeGrants, "standing", vanish)
    with pytest.raises(InvalidTargetError) as caught:
        await world.sign_in()

    assert caught.value.code == "grant_vanished"


@pytest.mark.parametrize("change", ["disabled", "password"])
async def test_an_account_changed_while_its_password_is_hashed_gets_nothing(world: World, change: str) -> None:
    """Ending "everything" cannot end a grant that is not there yet; so the grant is not made."""
    verify = world.hasher.verify

    async def verify_slowly(password: str, password_hash: str | None) -> bool:
        if change == "disabled":
            await world.users.set_disabled("ada", disabled=True)
        else:
            await world.users.set_password("ada", password="another one")
        return await verify(password, password_hash)

    world.hasher.verify = verify_slowly  # type: ignore[method-assign]
    with pytest.raises(InvalidCredentialsError):
        await world.sign_in("ada")

    assert "signed_in" not in await world.audited()
