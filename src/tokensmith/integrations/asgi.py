"""RequestFacts from an ASGI scope, and an Answer back through ASGI; what every ASGI adapter shares (ASGI 3.0)."""

import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from tokensmith.guard import RequestFacts
from tokensmith.guard.challenge import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# RFC 6455 §7.4.1: a message that violates the policy of whoever received it.
_POLICY_VIOLATION = 1008


def facts_from_scope(scope: Mapping[str, Any]) -> RequestFacts:
    """Take the facts out of an "http" or "websocket" scope."""
    query = scope["query_string"].decode("latin-1")
    # As it was sent: in "path" the escapes are undone, and "%2F" is another path than "/".
    raw_path = scope.get("raw_path")
    path = scope["path"] if raw_path is None else raw_path.decode("latin-1")
    url = f"{scope.get('scheme', 'http')}://{_host(scope)}{path}{'?' if query else ''}{query}"
    client = scope.get("client")
    return RequestFacts(
        method=scope.get("method", "GET"),
        url=url,
        headers=scope["headers"],
        peer=None if client is None else client[0],
        certificate=_certificate(scope),
    )


async def send_answer(answer: Answer, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Send *answer* instead of what the application would have sent.

    A WebSocket is refused before it is accepted: with the answer itself where the server can (extension
    "websocket.http.response"), else by closing, which servers turn into a 403.
    """
    prefix = "http"
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
            return
        prefix = "websocket.http"
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode("ascii")))
    await send({"type": f"{prefix}.response.start", "status": answer.status, "headers": headers})
    await send({"type": f"{prefix}.response.body", "body": answer.body})


def _certificate(scope: Mapping[str, Any]) -> bytes | None:
    """Take the client's own certificate out of ASGI's "tls" extension, where the chain is in PEM, its own first."""
    chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain", ())
    return ssl.PEM_cert_to_DER_cert(chain[0]) if chain else None


def _host(scope: Mapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"host":
            return str(value.decode("latin-1"))
    server = scope.get("server") or ("", None)
    return f"{server[0]}:{server[1]}" if server[1] else str(server[0])
