"""The server as a resource of its own."""

import pytest

from tests.server.fakes import InMemoryStore
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.flows.identity_resource import UNNAMED, have_identity, name_identity

pytestmark = pytest.mark.anyio


async def test_it_is_there_before_the_first_start_and_named_by_it() -> None:
    """What a client was allowed in between stays allowed."""
    store = InMemoryStore()
    for _ in range(2):
        await store.write(have_identity)
    unnamed = await store.read(lambda uow: uow.resources.find(IDENTITY))
    await store.write(lambda uow: name_identity(uow, "https://id.example"))
    await store.write(have_identity)
    named = await store.read(lambda uow: uow.resources.find(IDENTITY))

    assert unnamed is not None
    assert named is not None
    assert (unnamed.audience, named.audience) == (UNNAMED, "https://id.example")
    assert unnamed.scopes == named.scopes == IDENTITY_SCOPES
