"""A guard as a service makes it, against an issuer on this machine: real sockets, real threads, a real event loop."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.guard.minting import KEY, bearer
from tokensmith.guard import Guard, InvalidTokenError, Issuer, Principal, RequestFacts, UnavailableError
from tokensmith.jose import Key, jwt, strict_json
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.with_httpx2 import Httpx2Fetcher

AUDIENCE = "https://api.test"


class LocalIssuer:
    """Serves metadata, keys and one status list of one entry."""

    def __init__(self) -> None:
        self.key = KEY
        self.revoked = False
        self.asked: list[str] = []
        handler = type("Handler", (_Handler,), {"issuer": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def token(self, key: Key = KEY) -> str:
        signer = jwt.Signer(key, issuer=self.url, audience=AUDIENCE, typ="at+jwt")
        status: JsonValue = {"status_list": {"uri": f"{self.url}/status/1", "idx": 0}}
        return signer.sign({"sub": "ada", "client_id": "web", "status": status})

    def document(self, path: str) -> bytes | None:
        if path == "/.well-known/oauth-authorization-server":
            return strict_json.encode({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})
        if path == "/keys":
            return strict_json.encode({"keys": [self.key.to_jwk()]})
        if path == "/status/1":
            # Bit 0 of one byte; the builder of lists is the server's business.
            packed = StatusList(bits=1, data=b"\x01" if self.revoked else b"\x00").to_claim()
            claims: dict[str, JsonValue] = {"sub": f"{self.url}{path}", "status_list": packed}
            return jwt.sign(claims, self.key, typ="statuslist+jwt").encode()
        return None


class _Handler(BaseHTTPRequestHandler):
    issuer: LocalIssuer

    def do_GET(self) -> None:
        self.issuer.asked.append(self.path)
        body = self.issuer.document(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    local = LocalIssuer()
    thread = threading.Thread(target=local.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield local
    local.server.shutdown()
    local.server.server_close()
    thread.join(5)


def authenticate(guard: Guard, door: str, facts: RequestFacts) -> Principal:
    return guard.authenticate_sync(facts) if door == "sync" else asyncio.run(guard.authenticate(facts))


@pytest.mark.parametrize("door", ["sync", "async", "httpx2"])
def test_an_issuers_url_and_an_audience_are_enough(issuer: LocalIssuer, door: str) -> None:
    fetcher = Httpx2Fetcher() if door == "httpx2" else None
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0), async_fetcher=fetcher)
    token = issuer.token()
    for _ in range(3):
        assert authenticate(guard, door, bearer(token)).subject == "ada"

    assert issuer.asked == ["/.well-known/oauth-authorization-server", "/keys", "/status/1"]


@pytest.mark.parametrize("door", ["sync", "async"])
def test_a_revocation_is_felt(issuer: LocalIssuer, door: str) -> None:
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0, poll_interval=0))
    token = issuer.token()
    assert authenticate(guard, door, bearer(token)).subject == "ada"
    issuer.revoked = True
    with pytest.raises(InvalidTokenError) as caught:
        authenticate(guard, door, bearer(token))

    assert caught.value.code == "revoked"


def test_many_threads_at_the_start_ask_once(issuer: LocalIssuer) -> None:
    """A thousand requests after a restart must not be a thousand fetches."""
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0))
    facts, subjects = bearer(issuer.token()), []
    threads = [
        threading.Thread(target=lambda: subjects.append(guard.authenticate_sync(facts).subject)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert subjects == ["ada"] * 8
    assert issuer.asked.count("/keys") == 1


def test_many_tasks_at_the_start_ask_once(issuer: LocalIssuer) -> None:
    guard = Guard(Issuer(issuer.url, audience=AUDIENCE, leeway=0))
    facts = bearer(issuer.token())

    async def main() -> list[Principal]:
        return await asyncio.gather(*(guard.authenticate(facts) for _ in range(8)))

    assert {principal.subject for principal in asyncio.run(main())} == {"ada"}
    assert issuer.asked.count("/keys") == 1
    assert issuer.asked.count("/status/1") == 1


@pytest.mark.parametrize("door", ["sync", "async"])
def test_nobody_at_home_is_a_503(issuer: LocalIssuer, door: str) -> None:
    guard, facts = Guard(Issuer(issuer.url, audience=AUDIENCE)), bearer(issuer.token())
    issuer.server.server_close()
    with pytest.raises(UnavailableError):
        authenticate(guard, door, facts)
