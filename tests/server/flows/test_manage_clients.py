"""An operator's commands about clients."""

from typing import Any

import pytest

from tests.server.client_certificates import ROBOT
from tests.server.fake_people import FakeClients
from tests.server.flows.world import NOTES, READ, World
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.clients import FIRST_PARTY, Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import ConflictError, InvalidClientError, InvalidRequestError
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.registrations import AuthMethod, Registration
from tokensmith.server.flows.manage_clients import NewClient

pytestmark = pytest.mark.anyio


def new_client(**changes: object) -> NewClient:
    values: dict[str, object] = {
        "id": "new",
        "name": "New",
        "grant_types": frozenset({GrantType.CLIENT_CREDENTIALS}),
        "confidential": True,
        "audiences": {},
    }
    return NewClient(**(values | changes))  # type: ignore[arg-type]


async def test_a_client_id_is_taken_once(world: World) -> None:
    await world.clients.create(new_client())
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client())

    assert caught.value.code == "client_exists"


async def test_a_secret_is_shown_once_and_only_for_a_confidential_client(world: World) -> None:
    client, secret = await world.clients.create(new_client())
    public, none = await world.clients.create(new_client(id="spa", confidential=False))

    assert secret is not None
    assert secret.encode() not in client.secret_digests[0]
    assert (public.is_public, none) == (True, None)


@pytest.mark.parametrize(
    "lifetimes",
    [
        Lifetimes(access=0),
        Lifetimes(access=24 * 3600 + 1),
        Lifetimes(refresh_idle=0),
        Lifetimes(refresh_absolute=0),
        Lifetimes(reuse_window=-1),
        Lifetimes(lost_answer=-1),
        Lifetimes(lost_answer=61),
    ],
)
async def test_lifetimes_out_of_range_are_refused(world: World, lifetimes: Lifetimes) -> None:
    """An index of a status list is free again after 24 h: no token may live longer."""
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(lifetimes=lifetimes))

    assert caught.value.code == "bad_lifetime"


@pytest.mark.parametrize(
    "lifetimes",
    [Lifetimes(access=1, refresh_idle=1, refresh_absolute=1, reuse_window=0, lost_answer=0), Lifetimes(access=86400)],
)
async def test_lifetimes_at_their_bounds_are_taken(world: World, lifetimes: Lifetimes) -> None:
    client, _ = await world.clients.create(new_client(lifetimes=lifetimes))

    assert client.lifetimes == lifetimes


async def test_an_algorithm_we_do_not_sign_with_is_refused(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(signing_alg="none"))

    assert caught.value.code == "unknown_algorithm"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"default_audience": "https://other.example"}, "unknown_resource"),
        ({"audiences": {"https://other.example": frozenset({READ})}}, "unknown_resource"),
        ({"audiences": {NOTES: frozenset({"notes:burn"})}}, "unknown_scope"),
    ],
)
async def test_a_client_of_what_is_not_there_is_not_made(world: World, changes: dict[str, object], code: str) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(**changes))

    assert caught.value.code == code
    assert "new" not in {client.id for client in await world.clients.all()}


@pytest.mark.parametrize(
    ("client_id", "audience", "scope", "code"),
    [
        ("nobody", NOTES, READ, "unknown_client"),
        ("robot", "https://other.example", READ, "unknown_resource"),
        ("robot", NOTES, "notes:burn", "unknown_scope"),
    ],
)
async def test_a_client_can_only_be_allowed_what_is_there(
    world: World, client_id: str, audience: str, scope: str, code: str
) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.clients.allow(client_id, audience=audience, scopes=frozenset({scope}))

    assert caught.value.code == code


async def test_the_first_party_client_is_made_once_and_its_windows_can_be_set(world: World) -> None:
    same = await world.clients.ensure_first_party()
    changed = await world.clients.ensure_first_party(Lifetimes(reuse_window=1))
    kept = await world.clients.ensure_first_party()

    assert same.lifetimes == Lifetimes()
    assert changed.lifetimes == kept.lifetimes == Lifetimes(reuse_window=1)
    assert kept.default_resource_id is not None
    assert [client.id for client in await world.clients.all()].count(FIRST_PARTY) == 1


async def test_switching_a_client_off_is_audited(world: World) -> None:
    await world.clients.set_disabled("robot", disabled=True)

    assert (await world.audited())[-1] == "client_changed"


async def test_the_first_party_client_can_be_made_by_two_processes_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that comes second sees the other's, though it saw none when it looked."""
    find, looks = FakeClients.find, []

    async def find_none_at_first(self: FakeClients, client_id: ClientId) -> Client | None:
        looks.append(client_id)
        return None if len(looks) == 1 else await find(self, client_id)

    monkeypatch.setattr(FakeClients, "find", find_none_at_first)
    made = await world.clients.ensure_first_party()

    assert made.id == FIRST_PARTY
    assert made.default_resource_id is not None


async def test_who_signs_people_in_has_somewhere_to_send_them(world: World) -> None:
    """And may ask who they are; each person decides."""
    signs_in = {"grant_types": frozenset({GrantType.AUTHORIZATION_CODE})}
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(**signs_in))
    assert caught.value.code == "redirect_uri_missing"
    with pytest.raises(InvalidRequestError):
        await world.clients.create(new_client(registration=Registration(redirect_uris=("/cb",)), **signs_in))

    registration = Registration(redirect_uris=("https://app.example/cb",))
    client, _ = await world.clients.create(new_client(registration=registration, **signs_in))
    scopes = await world.store.read(lambda uow: uow.clients.scopes(client.id))
    assert scopes == {IDENTITY: IDENTITY_SCOPES}
    assert client.registration == registration


async def test_only_who_has_a_secret_does_without_pkce(world: World) -> None:
    """RFC 9700 §2.1.1: nothing else keeps whoever steals a code of a public client from using it."""
    old = {"grant_types": frozenset({GrantType.AUTHORIZATION_CODE})}
    registration = Registration(redirect_uris=("https://app.example/cb",), requires_pkce=False)
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(registration=registration, confidential=False, **old))
    assert caught.value.code == "pkce_needed"

    client, _ = await world.clients.create(new_client(registration=registration, **old))
    assert not client.registration.requires_pkce


async def test_only_who_has_a_secret_keeps_its_refresh_token(world: World) -> None:
    """RFC 9700 §4.14.2."""
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(registration=Registration(rotates=False), confidential=False))
    assert caught.value.code == "rotation_needed"
    await world.clients.create(new_client(registration=Registration(rotates=False)))


async def test_who_signs_has_keys(world: World) -> None:
    signs = {"auth_method": AuthMethod.PRIVATE_KEY_JWT}
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(registration=Registration(**signs)))
    assert caught.value.code == "client_keys_missing"
    await world.clients.create(new_client(registration=Registration(jwks_uri="https://app.example/keys", **signs)))


async def test_two_secrets_are_good_at_once(world: World) -> None:
    """The new one and the one before; with the third, the first is out."""
    first = world.secrets["robot"]
    second = await world.clients.new_secret("robot", at_once=False)
    third = await world.clients.new_secret("robot", at_once=False)

    async def is_good(secret: str) -> bool:
        world.secrets["robot"] = secret
        try:
            return (await world.client("robot")).id == "robot"
        except InvalidClientError:
            return False

    assert [await is_good(secret) for secret in (first, second, third)] == [False, True, True]
    only = await world.clients.new_secret("robot", at_once=True)
    assert [await is_good(secret) for secret in (second, third, only)] == [False, False, True]


@pytest.mark.parametrize(("client_id", "code"), [("nobody", "unknown_client"), (FIRST_PARTY, "client_without_secret")])
async def test_only_who_has_a_secret_gets_another(world: World, client_id: str, code: str) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.clients.new_secret(client_id, at_once=False)

    assert caught.value.code == code


async def test_a_client_asks_for_the_details_it_is_allowed(world: World) -> None:
    """RFC 9396 §10; once each."""
    await world.resources.know_details(NOTES, "note", DetailType(text="Read one note"))
    for _ in range(2):
        await world.clients.allow_details("robot", ("note",))
    robot = await world.client("robot")
    assert robot.registration.detail_types == ("note",)
    with pytest.raises(ConflictError) as caught:
        await world.clients.allow_details("robot", ("note", "fly"))
    assert caught.value.code == "unknown_detail_type"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"auth_method": AuthMethod.SELF_SIGNED_TLS}, "client_keys_missing"),
        ({"auth_method": AuthMethod.SELF_SIGNED_TLS, "jwks_uri": "https://a.example/keys"}, "client_keys_missing"),
        ({"auth_method": AuthMethod.TLS}, "client_certificate_nameless"),
        ({"auth_method": AuthMethod.SECRET, "certificate_name": ROBOT}, "client_certificate_nameless"),
        ({"certificate_name": ROBOT}, "client_certificate_nameless"),
    ],
)
async def test_who_proves_itself_by_a_certificate_says_by_which(
    world: World, members: dict[str, Any], code: str
) -> None:
    """RFC 8705 §2.1.2, §2.2.2."""
    with pytest.raises(ConflictError) as caught:
        await world.clients.create(new_client(registration=Registration(**members)))

    assert caught.value.code == code
