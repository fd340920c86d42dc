"""What differs between a file and what is stored, and what is refused before anything is changed."""

from typing import Any

import pytest

from tests.server.flows.declaring import apply, plan_of
from tests.server.flows.world import ISSUER, NOTES, READ, WRITE, World
from tokensmith.server.domain.client_metadata import ClientMetadata
from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.errors import DeclarationError
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.flows.register_client import RegisterClient

pytestmark = pytest.mark.anyio

MAIL = "https://mail.example"
URI = "https://app.example/cb"
MACHINE = {"grant_types": ["client_credentials"]}
PAY = {"pay": {"text": "Pay somebody"}}
BEARER = {
    "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    "assertion_issuers": [{"issuer": "https://other.example"}],
}
WEB = {"redirect_uris": [URI], "grant_types": ["authorization_code", "refresh_token"]}
# As `World` makes them.
ROBOT = {
    "client_name": "Robot",
    "grant_types": ["client_credentials", "refresh_token"],
    "scopes": {NOTES: [READ]},
}
NOTES_TABLE = {"scopes": [READ, WRITE], "client": "watcher"}


async def refused(world: World, **tables: Any) -> DeclarationError:
    with pytest.raises(DeclarationError) as caught:
        await plan_of(world.store, **tables)
    return caught.value


async def test_what_is_stored_as_the_file_has_it_does_not_differ(world: World) -> None:
    """Whoever wrote it, a command or a file; the rest is listed and left alone."""
    plan = await plan_of(world.store, resources={NOTES: NOTES_TABLE}, clients={"robot": ROBOT})

    assert plan.differences == ()
    assert plan.not_in_file == ("[clients.first-party]", "[clients.watcher]")
    assert (await plan_of(world.store)).not_in_file[0] == f'[resources."{NOTES}"]'


async def test_each_member_that_differs_is_named_with_both_values(world: World) -> None:
    changed = {**ROBOT, "access_seconds": 60, "scopes": {NOTES: [READ, WRITE]}, "token_endpoint_auth_method": "none"}
    plan = await plan_of(
        world.store,
        resources={NOTES: {"scopes": {READ: "Read", WRITE: ""}}},
        clients={"robot": {**changed, "grant_types": ["refresh_token"]}},
    )
    found = {one.table: {m.member: (m.before, m.after) for m in one.members} for one in plan.differences}

    assert found[f'[resources."{NOTES}"]'] == {f'scopes."{READ}"': ("", "Read"), "client": ("watcher", None)}
    assert found["[clients.robot]"] == {
        "access_seconds": (900, 60),
        "grant_types": (["client_credentials", "refresh_token"], ["refresh_token"]),
        "token_endpoint_auth_method": ("client_secret_basic", "none"),
        "secret": (True, False),
        f'scopes."{NOTES}"': ([READ], [READ, WRITE]),
    }


async def test_what_is_new_is_told_by_what_is_said_of_it(world: World) -> None:
    plan = await plan_of(world.store, resources={MAIL: {"scopes": []}}, clients={"web": WEB})
    mail, web = plan.differences

    assert (mail.is_new, mail.members) == (True, ())
    assert web.is_new
    assert {one.member for one in web.members} == {
        "client_name",
        "redirect_uris",
        "grant_types",
        "token_endpoint_auth_method",
        "secret",
        "identity scopes",
    }
    assert plan.new_secrets == ("web",)


async def test_a_resource_and_its_client_may_name_one_another(world: World) -> None:
    """Both are new; also a client of a resource that only the database knows."""
    tables = {
        "resources": {MAIL: {"scopes": ["send"], "client": "mail"}},
        "clients": {"mail": {**MACHINE, "scopes": {MAIL: ["send"]}}},
    }
    plan = await plan_of(world.store, **tables)

    assert len(plan.differences) == 2
    assert len((await plan_of(world.store, clients={"new": {**MACHINE, "scopes": {NOTES: [READ]}}})).differences) == 1


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"resources": {ISSUER: {"scopes": ["openid"]}}}, "is the server itself"),
        ({"resources": {MAIL: {"scopes": [], "client": "nobody"}}}, "client: there is no client 'nobody'"),
        ({"clients": {"web": {**WEB, "scopes": {MAIL: ["send"]}}}}, f'[clients.web] scopes."{MAIL}": there is no such'),
        ({"clients": {"web": {**WEB, "scopes": {NOTES: ["burn"]}}}}, f"scopes.\"{NOTES}\": it knows no scope 'burn'"),
        ({"clients": {"web": {**WEB, "scopes": {ISSUER: ["openid"]}}}}, "who signs people in may ask"),
        ({"clients": {"web": {**WEB, "authorization_details_types": ["fly"]}}}, "no resource knows 'fly'"),
        (
            {"resources": {one: {"scopes": [], "details": {"note": {"text": "Read"}}} for one in (MAIL, MAIL + "2")}},
            f"details.note: is a type of {MAIL}",
        ),
    ],
)
async def test_what_does_not_fit_what_is_stored_is_refused(world: World, tables: dict[str, Any], said: str) -> None:
    error = await refused(world, **tables)

    assert error.code == "declaration_conflict"
    assert said in str(error)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"access_seconds": 86_401}, "An access token lives"),
        ({"access_seconds": 0}, "An access token lives"),
        ({"refresh_idle_seconds": 0}, "A refresh token lives"),
        ({"lost_answer_seconds": 61}, "for lost answers"),
        ({"signing_alg": "HS256"}, "The server signs with"),
        ({"token_endpoint_auth_method": "none", "require_pkce": False}, "needs PKCE"),
        ({"profile": "fapi2"}, "needs keys"),
        (BEARER, "An issuer has keys"),
    ],
)
async def test_what_no_client_can_be_is_refused_as_the_commands_do(
    world: World, members: dict[str, Any], said: str
) -> None:
    error = await refused(world, clients={"web": {**WEB, **members}})

    assert error.code == "bad_declaration"
    assert str(error).startswith("[clients.web] ")
    assert said in str(error)


async def test_a_program_that_registered_itself_is_not_the_file_s(world: World) -> None:
    """It looks after its registration itself; nor is one that is a document."""
    sent = ClientMetadata(redirect_uris=(URI,))
    made = await RegisterClient(store=world.store).create(sent, source="s")
    await world.make_web_client("https://app.example/me")
    await world.change_client("https://app.example/me", registration=Registration(document_read_at_ms=1))

    for client_id in (made.client.id, "https://app.example/me"):
        error = await refused(world, clients={client_id: WEB})
        assert (error.code, "has registered itself" in str(error)) == ("declaration_conflict", True)


@pytest.mark.parametrize(
    ("scope", "who"), [(WRITE, "people who have it: 1, clients: 1;"), (READ, "people who have it: 2, clients: 2;")]
)
async def test_a_scope_that_somebody_has_is_not_lost(world: World, scope: str, who: str) -> None:
    """Or one that is misspelt in the file would be taken from everybody."""
    left = {READ, WRITE} - {scope}
    error = await refused(world, resources={NOTES: {**NOTES_TABLE, "scopes": [*left, "notes:raed"]}})

    assert error.code == "declaration_conflict"
    assert f'scopes."{scope}": {who}' in str(error)


async def test_nor_one_that_only_a_person_has(world: World) -> None:
    await world.resources.create(MAIL, scopes=["send"])
    await world.users.allow("ada", audience=MAIL, scopes=frozenset({"send"}))

    assert "people who have it: 1, clients: 0;" in str(await refused(world, resources={MAIL: {"scopes": []}}))
    await world.users.forbid("ada", audience=MAIL, scopes=frozenset({"send"}))
    assert len((await plan_of(world.store, resources={MAIL: {"scopes": []}})).differences) == 1


async def test_nor_a_type_of_details_that_another_client_may_ask_for(world: World) -> None:
    """RFC 9396; a client of the file has what the file says."""
    await apply(world.store, resources={MAIL: {"scopes": [], "details": PAY}})
    await world.clients.allow_details("robot", ("pay",))
    fewer = {"resources": {MAIL: {"scopes": []}}}

    error = await refused(world, **fewer)
    assert (error.code, error.detail) == ("declaration_conflict", "robot")
    assert "details.pay: clients that may ask for it: 1;" in str(error)
    mail, robot = (await plan_of(world.store, **fewer, clients={"robot": ROBOT})).differences
    assert [one.member for one in (*mail.members, *robot.members)] == ["details.pay", "authorization_details_types"]


async def test_a_scope_that_the_file_takes_from_everybody_is(world: World) -> None:
    """Its clients are those of the file, and no person has it any more."""
    await world.users.forbid("grace", audience=NOTES, scopes=frozenset({WRITE}))
    fewer = {"resources": {NOTES: {**NOTES_TABLE, "scopes": [READ]}}}
    assert (await refused(world, **fewer)).detail == FIRST_PARTY

    plan = await plan_of(world.store, **fewer, clients={FIRST_PARTY: {"scopes": {NOTES: [READ]}}})
    assert len(plan.differences) == 2


async def test_who_was_switched_off_stays_off_unless_the_file_says(world: World) -> None:
    """In an emergency, at a terminal; the next deployment must not undo it."""
    await world.clients.set_disabled("robot", disabled=True)
    unsaid = await plan_of(world.store, clients={"robot": ROBOT})
    said = await plan_of(world.store, clients={"robot": {**ROBOT, "disabled": True}})
    on = await apply(world.store, clients={"robot": {**ROBOT, "disabled": False}})

    assert (unsaid.differences, unsaid.left_off) == ((), ("[clients.robot]",))
    assert (said.differences, said.left_off) == ((), ())
    assert on.members == {"disabled": (True, False)}
