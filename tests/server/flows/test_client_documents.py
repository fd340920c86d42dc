"""A client whose name is the URL of its document signs people in (P88, P89)."""

import json
from typing import Any

import pytest

from tests.server.flows.world import World
from tests.server.web.served import Served
from tests.server.web.visitor import Visitor
from tokensmith.outbound import Response
from tokensmith.server.domain.authorization_details import DetailType
from tokensmith.server.domain.client_documents import FRESH_SECONDS
from tokensmith.server.domain.ids import ClientId

pytestmark = pytest.mark.anyio
URL, BACK = "https://tool.example/client.json", "http://127.0.0.1/cb"
DOCUMENT = {
    "client_id": URL,
    "client_name": "A tool",
    "redirect_uris": [BACK],
    "grant_types": ["authorization_code", "refresh_token"],
}


@pytest.fixture
async def visitor(world: World) -> Visitor:
    served = Served(world)
    publish(served)
    return Visitor(served)


def publish(served: Served, *, status: int = 200, **changes: Any) -> None:
    body = json.dumps({**DOCUMENT, **changes}).encode()
    served.fetcher.answers[URL] = Response(status=status, headers={}, body=body)


async def come(visitor: Visitor, **changes: str) -> Visitor:
    return await visitor.authorize(**{"client_id": URL, "redirect_uri": BACK, "scope": "openid", **changes})


async def test_nobody_has_to_register_it(visitor: Visitor) -> None:
    """The person is shown who speaks for it, each time; the metadata says that such clients are taken."""
    await come(visitor)
    assert "to continue to A tool (tool.example)" in visitor.page.text
    await visitor.sign_in()
    assert "A tool (tool.example) would like to:" in visitor.page.text
    await visitor.allow()
    form = {"grant_type": "authorization_code", "code": visitor.told["code"], "code_verifier": "v" * 43}
    answer = await visitor.served.post_form("/token", {**form, "client_id": URL})
    assert answer.json()["scope"] == "openid"
    await come(visitor)
    assert visitor.title == "/account/consent"
    metadata = (await visitor.served.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["client_id_metadata_document_supported"] is True


async def test_a_document_is_kept_for_an_hour(visitor: Visitor) -> None:
    """Then it has to be had again, and what changed counts."""
    for _ in range(2):
        await come(visitor)
    assert visitor.served.fetcher.asked == [URL]
    visitor.served.world.pass_time(FRESH_SECONDS)
    publish(visitor.served, redirect_uris=[BACK + "2"])
    await come(visitor)
    assert visitor.status == 400
    assert visitor.served.refused("redirect_uri_unregistered") == 1
    visitor.served.world.pass_time(FRESH_SECONDS)
    visitor.served.fetcher.answers.clear()
    await come(visitor)
    assert visitor.served.refused("client_document_refused") == 1


@pytest.mark.parametrize("changes", [{"status": 404}, {"status": 500}, {"client_id": "https://tool.example/x"}])
async def test_what_cannot_be_used_gets_a_page_and_is_not_remembered(visitor: Visitor, changes: dict[str, Any]) -> None:
    """§4: errors are not cached; the next time it may be good."""
    publish(visitor.served, **changes)
    await come(visitor)
    assert visitor.status == 400
    assert "location" not in visitor.response.headers
    publish(visitor.served)
    await come(visitor)
    assert visitor.title == "/account/sign-in"


async def test_it_may_ask_for_what_is_open_and_no_more(visitor: Visitor) -> None:
    await visitor.served.world.resources.create("https://open.example", scopes=["x"], is_open=True)
    await come(visitor)
    clients = visitor.served.world.store._state.client_scopes
    resources = visitor.served.world.store._state.resources

    (scopes,) = [held for client_id, held in clients.items() if client_id == URL]
    assert {resources[key].audience for key in scopes} == {"https://id.example", "https://open.example"}


async def test_what_an_operator_allowed_it_outlasts_its_document(visitor: Visitor) -> None:
    """RFC 9396: it is read anew every hour, and says nothing of that."""
    world = visitor.served.world
    await come(visitor)
    await world.resources.know_details("https://notes.example", "note", DetailType(text="Read one note"))
    await world.clients.allow_details(URL, ("note",))
    world.pass_time(3601)
    await come(visitor)
    client = await world.store.read(lambda uow: uow.clients.find(ClientId(URL)))

    assert visitor.served.fetcher.asked == [URL, URL]
    assert client is not None
    assert client.registration.detail_types == ("note",)


async def test_it_can_be_switched_off(world: World) -> None:
    """One such client, or all of them."""
    served = Served(world)
    publish(served)
    visitor = Visitor(served)
    await come(visitor)
    closed = Served(world, client_documents=False)
    publish(closed)
    assert (await come(Visitor(closed))).status == 400
    assert world.network.asked == [URL]
    await world.clients.set_disabled(URL, disabled=True)
    assert (await come(visitor)).status == 400
