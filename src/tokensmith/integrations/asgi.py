"""ASGI 3.0: a middleware for any application, and what every asynchronous adapter shares.

app = AuthMiddleware(app, guard=guard, public={"/health"})

principal_of(scope).subject ...         # inside, or None on a public path
verify(scope, "notes:read")             # for what a path needs beyond a good token
"""

import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableMapping
from typing import Any, Final

from tokensmith.guard import Guard, GuardError, Principal, RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.noted import note, principal_of, verify

__all__ = [
    "Application",
    "AuthMiddleware",
    "Receive",
    "Scope",
    "Send",
    "facts_from_scope",
    "principal_of",
    "send_answer",
    "verify",
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# RFC 6455 §7.4.1: a message that violates the policy of whoever received it.
_POLICY_VIOLATION: Final = 1008


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


class AuthMiddleware:
    """Ask the guard about every HTTP request and every WebSocket.

    Args:
        app: What is protected.
        guard: Who decides.
        public: Paths, compared whole, on which a request without credentials is let through as nobody; a bad token is
            refused there, too.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
    """

    def __init__(self, app: Application, *, guard: Guard, public: Collection[str] = ()) -> None:
        if isinstance(public, str):
            raise TypeError("public is a collection of paths")
        self._app = app
        self._guard = guard
        self._public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        facts = facts_from_scope(scope)
        if (document := self._guard.document_for(facts)) is not None:
            await send_answer(document, scope, receive, send)
            return
        started = False

        async def noting_send(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            self.note(scope, await self._identify(scope, facts))
            await self._app(scope, receive, noting_send)
        except GuardError as error:
            if started:
                raise
            await send_answer(self._guard.answer_to(error), scope, receive, send)

    def note(self, scope: Scope, principal: Principal | None) -> None:
        """Tell the application who is calling; for frameworks that look elsewhere as well."""
        note(scope, principal)

    async def _identify(self, scope: Scope, facts: RequestFacts) -> Principal | None:
        if scope["path"] in self._public:
            return await self._guard.authenticate_optional(facts)
        return await self._guard.authenticate(facts)


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
    chain: Iterable[str] = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain", ())
    own = next(iter(chain), None)
    return None if own is None else ssl.PEM_cert_to_DER_cert(own)


def _host(scope: Mapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"host":
            return str(value.decode("latin-1"))
    server = scope.get("server") or ("", None)
    return f"{server[0]}:{server[1]}" if server[1] else str(server[0])
