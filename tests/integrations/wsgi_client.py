"""One request to a WSGI application, in the terms of the contract; and over a socket, where a header is sent twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from tests.integrations.contract import Headers, Reply, Send
from tests.integrations.over_the_wire import exchange


def sender(app: Any) -> Send:
    """Call the application in this thread, by Werkzeug's client."""
    # With a jar of its own it would throw the Cookie header away.
    client = Client(app, use_cookies=False)

    def send(method: str, path: str, headers: Headers) -> Reply:
        answer = client.open(path, method=method, headers=list(headers))
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.headers}, answer.data)

    return send


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def serving(app: Any) -> Iterator[Send]:
    """Serve the application on a port of its own; what is sent goes over the wire as it is."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield lambda method, path, headers: exchange(server.port, method, path, headers)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
