"""An issuer on this machine for tests of a whole guard: real sockets, and the faults that a token server may have."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from tests.guard.minting import KEY
from tokensmith.jose import Key, jwt, strict_json
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.strict_json import JsonValue

AUDIENCE = "https://api.test"
Fault = Literal["slow", "garbage", "huge", "wrong issuer", "500", "stopped"]
HUGE_BYTES = 10_000_000
SLOW_SECONDS = 10
KEYS_MAX_AGE_SECONDS = 300


class LocalIssuer:
    """Serves metadata, keys and one status list of one entry."""

    def __init__(self) -> None:
        self.key = KEY
        self.published = [KEY]
        self.revoked = False
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self.over = threading.Event()
        handler = type("Handler", (_Handler,), {"issuer": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def token(self, key: Key = KEY) -> str:
        signer = jwt.Signer(key, issuer=self.url, audience=AUDIENCE, typ="at+jwt")
        status: JsonValue = {"status_list": {"uri": f"{self.url}/status/1", "idx": 0}}
        return signer.sign({"sub": "ada", "client_id": "web", "status": status})

    def document(self, path: str) -> bytes | None:
        if self.fault == "garbage":
            return b"<html>Bad gateway</html>"
        if self.fault == "huge":
            return b"{" + b" " * HUGE_BYTES + b"}"
        if path == "/.well-known/oauth-authorization-server":
            return strict_json.encode({"issuer": self._name(), "jwks_uri": f"{self.url}/keys"})
        if path == "/keys":
            return strict_json.encode({"keys": [key.to_jwk() for key in self.published]})
        if path == "/status/1":
            # Bit 0 of one byte; the builder of lists is the server's business.
            packed = StatusList(bits=1, data=b"\x01" if self.revoked else b"\x00").to_claim()
            claims: dict[str, JsonValue] = {"sub": f"{self.url}{path}", "status_list": packed}
            return jwt.sign(claims, self.key, issuer=self._name(), typ="statuslist+jwt").encode()
        return None

    def _name(self) -> str:
        return "https://other.test" if self.fault == "wrong issuer" else self.url


class _Handler(BaseHTTPRequestHandler):
    issuer: LocalIssuer

    def do_GET(self) -> None:
        issuer = self.issuer
        issuer.asked.append(self.path)
        if issuer.fault == "stopped":
            # As near to nobody listening as a server gets that is to come back on its port.
            self.close_connection = True
            return
        if issuer.fault == "slow":
            issuer.over.wait(SLOW_SECONDS)
        body = issuer.document(self.path)
        self.send_response(500 if issuer.fault == "500" else 404 if body is None else 200)
        # As Tokensmith's server says of its keys.
        self.send_header("Cache-Control", f"max-age={KEYS_MAX_AGE_SECONDS}")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        # Whoever has heard enough hangs up.
        with contextlib.suppress(OSError):
            self.wfile.write(body or b"")

    def log_message(self, *_args: object) -> None:
        return


@contextlib.contextmanager
def listening() -> Iterator[LocalIssuer]:
    """Have one answer until the test is over."""
    local = LocalIssuer()
    thread = threading.Thread(target=local.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield local
    finally:
        local.over.set()
        local.server.shutdown()
        local.server.server_close()
        thread.join(5)
