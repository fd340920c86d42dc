"""An operator's commands about people."""

import pytest

from tests.server.flows.world import NOTES, PASSWORD, READ, WRITE, World
from tokensmith.server.domain.errors import ConflictError, InvalidCredentialsError, InvalidRequestError

pytestmark = pytest.mark.anyio


async def test_a_name_is_taken_once_however_it_is_spelled(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.users.create("ADA", password=PASSWORD)

    assert caught.value.code == "user_exists"


async def test_a_new_password_must_be_long_enough(world: World) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await world.users.create("new", password="short")

    assert caught.value.code == "password_too_short"


async def test_an_administrator_is_one_from_the_start(world: World) -> None:
    assert (await world.users.create("root", password=PASSWORD, is_admin=True)).is_admin


async def test_a_new_password_ends_every_session(world: World) -> None:
    answer = await world.sign_in()
    await world.users.set_password("ada", password="something else")

    assert not await world.is_running(answer)
    with pytest.raises(InvalidCredentialsError):
        await world.sign_in()
    assert (await world.sign_in(password="something else")).scope == READ


async def test_a_switched_off_account_can_be_switched_on_again(world: World) -> None:
    answer = await world.sign_in()
    await world.users.set_disabled("ada", disabled=True)
    await world.users.set_disabled("ada", disabled=False)

    assert not await world.is_running(answer)
    assert (await world.sign_in()).scope == READ


@pytest.mark.parametrize(
    ("name", "audience", "scope", "code"),
    [
        ("nobody", NOTES, READ, "unknown_user"),
        ("ada", "https://other.example", READ, "unknown_resource"),
        ("ada", NOTES, "notes:burn", "unknown_scope"),
    ],
)
async def test_what_is_not_there_cannot_be_granted(
    world: World, name: str, audience: str, scope: str, code: str
) -> None:
    for change in (world.users.allow, world.users.forbid):
        with pytest.raises(ConflictError) as caught:
            await change(name, audience=audience, scopes=frozenset({scope}))
        assert caught.value.code == code


async def test_a_change_of_permissions_is_audited(world: World) -> None:
    await world.users.forbid("grace", audience=NOTES, scopes=frozenset({WRITE}))

    assert (await world.audited())[-1] == "user_scopes_changed"


async def test_without_a_resource_the_only_one_that_knows_the_scope_is_meant(world: World) -> None:
    assert (await world.users.allow("ada", scopes=frozenset({WRITE}))).audience == NOTES
    assert (await world.users.forbid("ada", scopes=frozenset({WRITE}))).audience == NOTES


@pytest.mark.parametrize(("scopes", "code"), [({"mail:send", READ}, "unknown_scope"), ({READ}, "ambiguous_scope")])
async def test_without_a_resource_there_must_be_exactly_one(world: World, scopes: set[str], code: str) -> None:
    """Guessing among several would hand out a permission nobody meant."""
    await world.resources.create("https://archive.example", scopes=[READ])
    with pytest.raises(ConflictError) as caught:
        await world.users.allow("ada", scopes=frozenset(scopes))

    assert caught.value.code == code


async def test_a_description_is_what_clients_are_told(world: World) -> None:
    """Core §5.1: with the time of the last change. The audit log knows which claims, and not what they say."""
    await world.users.describe("ada", {"given_name": "Ada", "email": "ada@example.org"})
    world.pass_time(5)
    await world.users.describe("ADA", {"email": ""})
    found = await world.store.read(lambda uow: uow.users.find_by_name_key("ada"))
    (newest,) = await world.store.read(lambda uow: uow.audit.latest(limit=1))

    assert found is not None
    assert found.profile == {"given_name": "Ada", "updated_at": int(world.now())}
    assert newest.event.details == {"change": "profile", "claims": "email"}
    with pytest.raises(ConflictError):
        await world.users.describe("nobody", {"name": "N"})
