"""An operator's commands about resource servers."""

import pytest

from tests.server.flows.world import ISSUER, NOTES, READ, World
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES

pytestmark = pytest.mark.anyio


async def test_a_resource_is_known_once(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.resources.create(NOTES, scopes=[READ])

    assert caught.value.code == "resource_exists"
    assert [resource.audience for resource in await world.resources.all()] == [ISSUER, NOTES]


async def test_the_server_is_a_resource_too(world: World) -> None:
    """Under the issuer's name, also after that has changed."""
    await world.resources.ensure_identity("https://new.example")
    await world.resources.ensure_identity("https://new.example")

    (identity, _) = await world.resources.all()
    assert (identity.id, identity.audience, identity.scopes) == (IDENTITY, "https://new.example", IDENTITY_SCOPES)


async def test_a_resources_own_client_must_exist(world: World) -> None:
    with pytest.raises(ConflictError) as caught:
        await world.resources.create("https://mail.example", scopes=["mail:send"], client_id="nobody")

    assert caught.value.code == "unknown_client"


async def test_a_type_of_details_is_one_services(world: World) -> None:
    """RFC 9396 §2.1: whoever asks for it has to mean the same."""
    await world.resources.create("https://mail.example", scopes=["mail:send"])
    await world.resources.know_details(NOTES, "note", DetailType(text="Read one note"))
    await world.resources.know_details(NOTES, "note", DetailType(text="Read a note", members=("id",)))
    for audience, code in (
        ("https://mail.example", "detail_type_taken"),
        (ISSUER, "detail_type_taken"),
        ("https://x.example", "unknown_resource"),
    ):
        with pytest.raises(ConflictError) as caught:
            await world.resources.know_details(audience, "note", DetailType(text="Other"))
        assert caught.value.code == code

    notes = await world.store.read(lambda uow: uow.resources.find_by_audience(NOTES))
    assert notes is not None
    assert notes.details == {"note": DetailType(text="Read a note", members=("id",))}
