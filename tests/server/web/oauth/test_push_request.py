"""`/par`, and what a browser does with what it gave."""

import httpx2
import pytest

from tests.server.web.visitor import APP, REQUEST, Visitor
from tokensmith.client.proof_key import ProofKey
from tokensmith.server.domain.registrations import Registration

pytestmark = pytest.mark.anyio


async def push(visitor: Visitor, **headers: str) -> httpx2.Response:
    return await visitor.served.post_form("/par", {**REQUEST, **visitor.served.basic("web")}, **headers)


async def test_a_browser_brings_the_name_alone(visitor: Visitor) -> None:
    """P78: 201, and two parameters are enough; whatever else stands in the query is not looked at."""
    answer = await push(visitor)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert answer.json()["expires_in"] == 90
    uri = answer.json()["request_uri"]
    await visitor.go("/authorize", params={"client_id": "web", "request_uri": uri, "scope": "x", "state": "other"})
    await visitor.sign_in()
    await visitor.allow()
    assert (visitor.sent_to, visitor.told["state"]) == (APP, "the state")
    assert (await visitor.redeem(visitor.told["code"])).status_code == 200


async def test_a_name_is_good_once_and_for_its_client(visitor: Visitor) -> None:
    """P78: after the answer it is over; another client's link and a made-up name get a page."""
    uri = (await push(visitor)).json()["request_uri"]
    await visitor.go("/authorize", params={"client_id": "robot", "request_uri": uri})
    assert visitor.status == 400
    await visitor.go("/authorize", params={"client_id": "web", "request_uri": uri})
    await visitor.sign_in()
    await visitor.allow()
    for name in (uri, uri[:-1] + "x"):
        await visitor.go("/authorize", params={"client_id": "web", "request_uri": name})
        assert visitor.status == 400
        assert "location" not in visitor.response.headers


async def test_only_a_client_that_proves_itself_may_push(visitor: Visitor) -> None:
    """RFC 9126 §2: as at the token endpoint."""
    answer = await visitor.served.post_form("/par", {**REQUEST, "client_secret": "wrong"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_what_is_wrong_is_said_at_once(visitor: Visitor) -> None:
    """P78: `request_uri` in the body, among others; RFC 9126 §2.3."""
    body = {**REQUEST, **visitor.served.basic("web"), "request_uri": "urn:x"}
    answer = await visitor.served.post_form("/par", body)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_proof_binds_the_code(visitor: Visitor) -> None:
    """P82."""
    key = ProofKey(clock=visitor.served.world)
    uri = (await push(visitor, dpop=key.proof("POST", "https://id.example/par"))).json()["request_uri"]
    await visitor.go("/authorize", params={"client_id": "web", "request_uri": uri})
    await visitor.sign_in()
    await visitor.allow()

    assert (await visitor.redeem(visitor.told["code"])).json()["error"] == "invalid_grant"


async def test_a_client_that_has_to_push_does(visitor: Visitor) -> None:
    """RFC 9126 §6: and what it pushed is taken."""
    registration = Registration(redirect_uris=(APP,), requires_pushed=True)
    await visitor.served.world.change_client("web", registration=registration)
    await visitor.authorize()
    assert visitor.told["error"] == "invalid_request"
    uri = (await push(visitor)).json()["request_uri"]
    await visitor.go("/authorize", params={"client_id": "web", "request_uri": uri})
    assert visitor.title == "/account/sign-in"
