"""A fake issuer that is really on the network, for a service in a process of its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tokensmith.guard.testing import FakeIssuer
from tokensmith.jose import KeySet
from tokensmith.outbound import FetchRules


@contextmanager
def issuing(*, audience: str) -> Iterator[FakeIssuer]:
    """Publish metadata, keys and the status list of a fake issuer while the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    issuer = FakeIssuer(f"http://127.0.0.1:{server.server_address[1]}", audience=audience)
    server.RequestHandlerClass = handler_of(issuer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def handler_of(issuer: FakeIssuer) -> type[BaseHTTPRequestHandler]:
    """Answer for one issuer."""
    metadata = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/.well-known/"):
                self.answer("application/json", json.dumps(metadata).encode())
            elif self.path == "/jwks":
                self.answer("application/json", json.dumps(KeySet([issuer.key.public()]).to_jwks()).encode())
            else:
                rules = FetchRules(trusted_origin=issuer.url)
                self.answer("application/statuslist+jwt", issuer.fetch(issuer.url + self.path, rules, {}).body)

        def answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Handler
