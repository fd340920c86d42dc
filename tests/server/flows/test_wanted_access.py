"""What an authorization request comes to."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, WRITE, World
from tokensmith.server.domain.clients import GrantType
from tokensmith.server.domain.errors import InvalidScopeError, InvalidTargetError
from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.users import name_key
from tokensmith.server.flows.wanted_access import WantedAccess, wanted_access

pytestmark = pytest.mark.anyio
MAIL = "https://mail.example"


async def wanted(world: World, scope: str | None, *named: str, user: str = "ada") -> WantedAccess:
    client = await world.store.read(lambda uow: uow.clients.find(ClientId("web")))
    person = await world.store.read(lambda uow: uow.users.find_by_name_key(name_key(user)))
    assert client is not None
    assert person is not None
    scopes = None if scope is None else frozenset(scope.split())
    return await world.store.read(lambda uow: wanted_access(uow, client, person, scopes=scopes, named=named))


def readable(access: WantedAccess) -> dict[str, str]:
    """Scopes by audience."""
    by_id = {resource.id: resource.audience for resource in access.resources}
    return {by_id[resource_id]: " ".join(sorted(names)) for resource_id, names in access.scopes.items()}


@pytest.fixture(autouse=True)
async def _web(world: World) -> None:
    await world.make_web_client()


@pytest.mark.parametrize(
    ("scope", "named", "found"),
    [
        (None, (), {NOTES: READ}),
        ("", (), {NOTES: READ}),
        (READ, (), {NOTES: READ}),
        (f"{READ} {WRITE}", (), {NOTES: READ}),
        ("openid", (), {ISSUER: "openid"}),
        ("openid profile", (NOTES,), {NOTES: READ, ISSUER: "openid profile"}),
        (f"openid {READ}", (), {NOTES: READ, ISSUER: "openid"}),
        (f"profile {READ}", (), {NOTES: READ}),
        ("openid", (ISSUER,), {ISSUER: "openid"}),
        (f"openid {READ}", (ISSUER, NOTES, NOTES), {NOTES: READ, ISSUER: "openid"}),
        ("openid unknown", (), {ISSUER: "openid"}),
    ],
)
async def test_scopes_find_their_services(
    world: World, scope: str | None, named: tuple[str, ...], found: dict[str, str]
) -> None:
    """Those of OpenID Connect are the server's, all others the named or the default service's."""
    assert readable(await wanted(world, scope, *named)) == found


async def test_a_service_comes_before_the_server(world: World) -> None:
    """An access token is for the service, where nobody says which."""
    both = await wanted(world, f"openid {READ}")
    assert both.first != IDENTITY
    assert (await wanted(world, "openid")).first == IDENTITY


async def test_several_services_each_get_theirs(world: World) -> None:
    """RFC 8707 §2.1: a service of which the person may do nothing is left out."""
    await world.resources.create(MAIL, scopes=["mail:read"])
    await world.clients.allow("web", audience=MAIL, scopes=frozenset({"mail:read"}))
    assert readable(await wanted(world, None, NOTES, MAIL)) == {NOTES: READ}
    await world.users.allow("ada", audience=MAIL, scopes=frozenset({"mail:read"}))
    assert readable(await wanted(world, None, NOTES, MAIL)) == {NOTES: READ, MAIL: "mail:read"}


@pytest.mark.parametrize("scope", ["unknown", WRITE, "profile", "email"])
async def test_nothing_left_is_refused(world: World, scope: str) -> None:
    with pytest.raises(InvalidScopeError):
        await wanted(world, scope)


async def test_an_unknown_service_is_refused(world: World) -> None:
    with pytest.raises(InvalidTargetError):
        await wanted(world, READ, NOTES + "/")


async def test_offline_access_is_for_who_can_refresh(world: World) -> None:
    """Core §11: ignored otherwise."""
    assert (await wanted(world, "openid offline_access")).offline
    await world.change_client("web", grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))
    assert not (await wanted(world, "openid offline_access")).offline


async def test_fingerprints_tell_scopes_apart(world: World) -> None:
    first, second = await wanted(world, READ), await wanted(world, f"openid {READ}")

    assert first.fingerprint != second.fingerprint
    assert first.fingerprint == (await wanted(world, None)).fingerprint
