"""What a database needs before the first request."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from tokensmith.server.domain.clients import FIRST_PARTY
from tokensmith.server.domain.identity import IDENTITY
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.parts import opened_parts
from tokensmith.server.preparation import prepare, prepare_with_demo
from tokensmith.server.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A server over an empty database."""
    if request.param == "sqlite":
        return Settings(database=f"sqlite:///{tmp_path / 't.db'}")
    key = "tsk_" + "A" * 43
    return Settings(database=request.getfixturevalue("postgres_url"), sealing_key=key)


async def test_an_empty_database_gets_tables_keys_and_the_built_in_client(settings: Settings) -> None:
    await prepare(settings)

    async with opened_parts(settings) as parts:
        keys = await parts.store.read(lambda uow: uow.signing_keys.all())
        first_party = await parts.store.read(lambda uow: uow.clients.find(FIRST_PARTY))
    assert sorted(key.alg for key in keys) == sorted(SIGNING_ALGS)
    assert first_party is not None


async def test_only_a_server_says_what_the_issuer_is(settings: Settings) -> None:
    """A command that knows the database alone: UserInfo of servers that run takes tokens for their name."""
    await prepare(msgspec.structs.replace(settings, issuer="https://id.example"))
    await prepare(settings, serves=False)

    async with opened_parts(settings) as parts:
        identity = await parts.store.read(lambda uow: uow.resources.find(IDENTITY))
    assert identity is not None
    assert identity.audience == "https://id.example"


async def test_many_at_once_make_it_once(settings: Settings) -> None:
    """Processes start together: one set of keys, one client, and no error for whoever comes second."""
    await asyncio.gather(*(prepare(settings) for _ in range(4)))

    async with opened_parts(settings) as parts:
        keys = await parts.store.read(lambda uow: uow.signing_keys.all())
        clients = await parts.store.read(lambda uow: uow.clients.all())
    assert (len(keys), len(clients)) == (2, 1)


async def test_a_demo_comes_on_top(settings: Settings) -> None:
    demo = await prepare_with_demo(settings, audience="http://127.0.0.1:9")

    assert demo.people.keys() == {"ada", "grace"}
    assert demo.issuer == settings.issuer
