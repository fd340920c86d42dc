"""Who gets a picture."""

import pytest

from tests.server.domain.test_logos import PNG
from tests.server.flows.world import World
from tokensmith.server.domain.errors import ConflictError, InvalidRequestError
from tokensmith.server.domain.logos import read_logo
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.flows.client_logos import ClientLogos

pytestmark = pytest.mark.anyio


async def test_a_client_has_the_last_one_it_was_given(world: World) -> None:
    flow = ClientLogos(store=world.store)
    await flow.give("robot", PNG + b"first")
    await flow.give("robot", PNG)
    digest = (await world.client("robot")).registration.logo

    assert digest is not None
    assert await flow.find(digest) == read_logo(PNG)
    assert (await world.audited())[-2:] == ["client_changed"] * 2


async def test_nobody_gets_one_that_no_operator_knows(world: World) -> None:
    """RFC 7591 §5: a program that registers itself could take the picture of one that people trust."""
    flow = ClientLogos(store=world.store)
    for name, members, code in (
        ("robot", {"management_digest": "d"}, "logo_of_stranger"),
        ("watcher", {"document_read_at_ms": 1}, "logo_of_stranger"),
        ("nobody", None, "unknown_client"),
    ):
        if members is not None:
            await world.change_client(name, registration=Registration(**members))  # type: ignore[arg-type]
        with pytest.raises(ConflictError) as caught:
            await flow.give(name, PNG)
        assert caught.value.code == code
    with pytest.raises(InvalidRequestError):
        await flow.give("robot", b"<svg/>")
