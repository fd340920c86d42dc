"""Clients are told (P92)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.server.flows.world import ISSUER, World
from tests.server.web.served import Served
from tests.server.web.visitor import APP, Visitor
from tokensmith.jose import jwt
from tokensmith.jose.jwt import LOGOUT_TOKEN
from tokensmith.server.domain.logout_notices import MAX_ATTEMPTS, LogoutNotice, wait_ms
from tokensmith.server.domain.registrations import Registration
from tokensmith.server.flows.deliver_logouts import DeliverLogouts
from tokensmith.server.flows.key_ring import FixedClock

pytestmark = pytest.mark.anyio
BYE = "https://app.example/backchannel"


@dataclass
class Client:
    """Takes tokens, or says why not."""

    refusals: list[str] = field(default_factory=list)
    heard: list[tuple[str, str, bool]] = field(default_factory=list)

    async def post(self, uri: str, token: str, *, is_trusted: bool) -> str | None:
        self.heard.append((uri, token, is_trusted))
        return self.refusals.pop(0) if self.refusals else None


async def signed_out(world: World) -> str:
    """Somebody signs in and out; the session's id."""
    await world.make_web_client(backchannel_logout_uri=BYE)
    async with Visitor(Served(world)) as visitor:
        answer = (await visitor.redeem(await visitor.signed_in())).json()
        await visitor.go("/logout", params={"id_token_hint": answer["id_token"]})
        await visitor.served.wiring.announce_logouts.finished()
    session_id: str = jwt.read_unverified(answer["id_token"]).unverified_claims["sid"]  # type: ignore[assignment]
    return session_id


async def latest(world: World) -> LogoutNotice:
    (notice,) = await world.store.read(lambda uow: uow.logout_notices.latest(limit=9))
    return notice


def again(world: World, client: Client) -> DeliverLogouts:
    return DeliverLogouts(store=world.store, mint=world.mint, poster=client)


async def test_a_token_says_who_signed_out_where(world: World) -> None:
    """Back-Channel Logout §2.4: typ, iss, sub, aud, sid, events, jti, two minutes; no nonce."""
    session_id, client = await signed_out(world), Client()
    world.pass_time(60)
    assert await again(world, client).run() == 1
    ((uri, token, is_trusted),) = client.heard
    keys, _ = await world.ring.public_keys()
    verified = jwt.Verifier(
        keys, issuer=ISSUER, audience="web", profile=LOGOUT_TOKEN, clock=FixedClock(world.now())
    ).verify(token)

    assert (uri, is_trusted) == (BYE, True)
    assert verified.header["typ"] == "logout+jwt"
    assert verified.claims["sid"] == session_id
    assert float(str(verified.claims["exp"])) - float(str(verified.claims["iat"])) == 120
    assert "nonce" not in verified.claims
    assert (await latest(world)).due_at_ms is None
    assert await again(world, client).run() == 0


async def test_a_client_that_does_not_answer_is_tried_again(world: World) -> None:
    """§2.8: less and less often, and not for ever; what happened stays on record."""
    await signed_out(world)
    client = Client(refusals=["status_500"] * 100)
    world.pass_time(60)
    for attempt in range(2, MAX_ATTEMPTS + 1):
        assert await again(world, client).run() == 1
        notice = await latest(world)
        assert (notice.attempts, notice.error) == (attempt, "status_500")
        world.pass_time(wait_ms(attempt) / 1000)
    assert (await latest(world)).due_at_ms is None
    assert await again(world, client).run() == 0


async def test_the_log_says_who_was_told_and_who_was_not(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await signed_out(world)
    client = Client(refusals=["status_500"])
    caplog.clear()
    caplog.set_level("INFO", "tokensmith.server.logout")
    for _ in range(2):
        world.pass_time(wait_ms(2) / 1000 + 60)
        await again(world, client).run()

    told = [(record.message, vars(record)["client"], vars(record)["attempt"]) for record in caplog.records]
    assert told == [("logout not delivered", "web", 2), ("logout delivered", "web", 3)]


async def test_a_client_that_is_gone_is_left_alone(world: World) -> None:
    """Switched off, or without an address by now."""
    await signed_out(world)
    await world.change_client("web", registration=Registration(redirect_uris=(APP,)))
    world.pass_time(60)
    client = Client()
    await again(world, client).run()

    assert client.heard == []
    assert (await latest(world)).error == "not_registered"


@pytest.mark.parametrize("by_itself", [{"management_digest": "00"}, {"document_read_at_ms": 1}])
async def test_who_registered_alone_is_not_trusted_with_our_network(world: World, by_itself: dict[str, Any]) -> None:
    """At `/register`, or by a document: either could name an address that only we can reach (SSRF)."""
    await signed_out(world)
    registration = Registration(redirect_uris=(APP,), backchannel_logout_uri=BYE, **by_itself)
    await world.change_client("web", registration=registration)
    world.pass_time(60)
    client = Client()
    await again(world, client).run()

    assert [is_trusted for _, _, is_trusted in client.heard] == [False]
