"""The demo: on loopback only, and run again without harm."""

import json
import stat
from pathlib import Path

import pytest

from tests.server.flows.world import CountingHasher, World
from tokensmith.server.demo import (
    DEFAULT_AUDIENCE,
    READ,
    SHORT_CLIENT,
    WRITE,
    Demo,
    check_demo_is_local,
    prepare_demo,
    write_demo_file,
)
from tokensmith.server.domain.errors import ConflictError, InvalidTargetError
from tokensmith.server.flows.client_auth import PresentedClient
from tokensmith.server.settings import Settings, SettingsError

ISSUER = "http://127.0.0.1:8000"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(anyio_backend: str) -> World:
    """A server with its keys and nothing else."""
    world = World()
    await world.keys.ensure()
    return world


async def prepared(world: World, *, audience: str = DEFAULT_AUDIENCE) -> Demo:
    return await prepare_demo(world.store, CountingHasher(), world.sealing.held, issuer=ISSUER, audience=audience)


@pytest.mark.anyio
async def test_people_sign_in_with_what_was_printed(world: World) -> None:
    """Ada reads; Grace reads and writes."""
    demo = await prepared(world)
    ada = await world.sign_in("ada", password=demo.people["ada"])
    grace = await world.sign_in("grace", password=demo.people["grace"])

    assert (ada.scope, grace.scope) == (READ, f"{READ} {WRITE}")
    assert (await world.read(ada)).audience == DEFAULT_AUDIENCE


@pytest.mark.anyio
async def test_the_client_s_tokens_live_two_seconds(world: World) -> None:
    """Short enough to wait for their end."""
    demo = await prepared(world)
    presented = PresentedClient(client_id=SHORT_CLIENT, secret=demo.clients[SHORT_CLIENT], method="post")
    client = await world.client_auth.run(presented)
    answer = await world.client_credentials.run(client, scope=None, resource=None, key_thumbprint=None)

    assert (answer.expires_in, answer.scope) == (2, READ)


@pytest.mark.anyio
async def test_run_again_people_get_new_passwords_and_the_rest_stays(world: World) -> None:
    """The old ones end with every session; the client's secret is derived, and so is the same."""
    first = await prepared(world)
    signed_in = await world.sign_in("ada", password=first.people["ada"])
    second = await prepared(world)

    assert set(first.people.values()).isdisjoint(second.people.values())
    assert first.clients == second.clients
    assert not await world.is_running(signed_in)
    assert await world.sign_in("ada", password=second.people["ada"])


@pytest.mark.anyio
async def test_run_again_for_another_service_the_tokens_are_for_that_one(world: World) -> None:
    """Its port may have been taken."""
    await prepared(world)
    demo = await prepared(world, audience="http://127.0.0.1:8002")
    ada = await world.sign_in("ada", password=demo.people["ada"])

    assert (await world.read(ada)).audience == "http://127.0.0.1:8002"


@pytest.mark.anyio
async def test_the_reuse_window_is_short_enough_to_wait_for(world: World) -> None:
    await prepared(world)

    assert (await world.client("first-party")).lifetimes.reuse_window == 1


@pytest.mark.anyio
async def test_a_service_that_has_no_uri_is_refused(world: World) -> None:
    with pytest.raises(InvalidTargetError):
        await prepared(world, audience="notes")


@pytest.mark.anyio
async def test_a_conflict_of_another_kind_is_told(world: World) -> None:
    """A resource of that name with other scopes was there before the demo."""
    await world.resources.create(DEFAULT_AUDIENCE, scopes=["other"])

    with pytest.raises(ConflictError) as refused:
        await prepared(world)
    assert refused.value.code == "unknown_scope"


@pytest.mark.parametrize(
    ("host", "issuer", "allowed"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("localhost", "http://localhost:8000", True),
        ("::1", "http://[::1]:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),
        ("192.0.2.1", "http://127.0.0.1:8000", False),
        ("id.example", "http://127.0.0.1:8000", False),
        ("127.0.0.1", "https://id.example", False),
    ],
)
def test_a_demo_is_for_loopback_only(host: str, issuer: str, allowed: bool) -> None:
    """Its passwords are printed."""
    settings = Settings(host=host, issuer=issuer)
    if allowed:
        check_demo_is_local(settings)
    else:
        with pytest.raises(SettingsError, match="loopback"):
            check_demo_is_local(settings)


DEMO = Demo(people={"ada": "hush"}, clients={"demo-short": "hush"}, audience="http://a", issuer=ISSUER)


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Also where one was there before, open to everybody."""
    path = tmp_path / "run" / "demo.json"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o666)
    write_demo_file(path, DEMO)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {
        "demo": {"people": {"ada": "hush"}, "clients": {"demo-short": "hush"}, "audience": "http://a", "issuer": ISSUER}
    }
    assert [entry.name for entry in path.parent.iterdir()] == ["demo.json"]


def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    write_demo_file(tmp_path / "new" / "demo.json", DEMO)

    assert (tmp_path / "new" / "demo.json").exists()


def test_a_demo_shows_no_password() -> None:
    """It may stand in a traceback."""
    assert "hush" not in repr(DEMO)
