"""Back-Channel Logout OP: a client is told over a connection of its own, to a real port."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.server.conformance.metadata_checks import check_endpoints
from tests.server.conformance.relying_party import SIGNED_OUT, RelyingParty, make_client

pytestmark = pytest.mark.anyio


class Ear(HTTPServer):
    """A client's own server, which takes everything that is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str, bytes]] = []

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/backchannel_logout"


class _Handler(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append((self.path, self.headers["content-type"], body))
        self.send_response(200)
        self.send_header("cache-control", "no-store")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


async def test_oidcc_backchannel_logout_discovery_endpoint_verification(party: RelyingParty) -> None:
    """The document says that clients are told, which session was meant, and where to sign out."""
    check_endpoints(party.metadata, "end_session")

    assert party.metadata["backchannel_logout_supported"] is True
    assert party.metadata["backchannel_logout_session_supported"] is True


async def test_oidcc_backchannel_rp_initiated_logout(party: RelyingParty, ear: Ear) -> None:
    """The client hears of it once, in a logout token that is whole, and the browser comes back to it."""
    await make_client(party.served.world, "listening", backchannel_logout_uri=ear.uri)
    party.client_id = "listening"
    signed_in = await party.sign_in()
    hint = {"id_token_hint": signed_in.id_token.text, "post_logout_redirect_uri": SIGNED_OUT, "state": "the state"}
    await party.browser.go(party.metadata["end_session_endpoint"], params=hint)
    await party.served.wiring.announce_logouts.finished()

    ((path, media_type, body),) = ear.heard
    assert (path, media_type) == ("/backchannel_logout", "application/x-www-form-urlencoded")
    ((name, token),) = parse_qsl(body.decode(), strict_parsing=True)
    assert name == "logout_token"
    await check_logout_token(party, token, signed_in.claims)
    assert (party.browser.sent_to, party.browser.told) == (SIGNED_OUT, {"state": "the state"})
    assert await party.nobody_is_signed_in()


async def check_logout_token(party: RelyingParty, token: str, id_claims: dict[str, Any]) -> None:
    """Back-Channel Logout §2.4; signature, issuer and audience are what they are of an ID token."""
    read = await party.read_token(token)
    claims, now = read.claims, party.served.world.now()

    assert read.header["typ"] == "logout+jwt"
    assert read.header["alg"] == "RS256", "as its ID tokens (§2.6)"
    assert claims["aud"] in (party.client_id, [party.client_id])
    assert claims["iat"] <= now < claims["exp"] <= claims["iat"] + 120
    assert claims["jti"]
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert (claims["sub"], claims["sid"]) == (id_claims["sub"], id_claims["sid"])
    assert "nonce" not in claims
