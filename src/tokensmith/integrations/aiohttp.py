"""aiohttp: a middleware that lets nobody in without a token, and `require` for what a handler needs beyond.

    app = web.Application(middlewares=[auth_middleware(guard, public={"/health"})])

    @require("notes:read")
    async def notes(request): ... principal_of(request).subject ...

Handlers are functions, methods, or methods of a `web.View`. A WebSocket is refused before it is accepted, with the same
answer as any other request.
"""

import functools
from collections.abc import Awaitable, Callable, Collection
from typing import Final, ParamSpec, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tokensmith.guard import Guard, GuardError, Need, Principal, RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.needs import need_of

P = ParamSpec("P")
T = TypeVar("T")

PRINCIPAL: Final = web.RequestKey("principal", object)
"""Where the middleware puts the caller: a `Principal`, or None for nobody; `principal_of` has its type."""


def facts_from_request(request: web.BaseRequest) -> RequestFacts:
    """Take the facts out of a request, as they were sent."""
    headers = [(name.lower(), value) for name, value in request.raw_headers]
    url = f"{request.scheme}://{request.host}{request.raw_path}"
    connection = request.transport
    peer = None if connection is None else connection.get_extra_info("peername")
    encrypted = None if connection is None else connection.get_extra_info("ssl_object")
    return RequestFacts(
        method=request.method,
        url=url,
        headers=headers,
        # Of a socket with a path there is no address.
        peer=peer[0] if isinstance(peer, tuple) else None,
        certificate=None if encrypted is None else encrypted.getpeercert(binary_form=True),
    )


def auth_middleware(guard: Guard, *, public: Collection[str] = ()) -> Middleware:
    """Make a middleware that asks the guard about every request, also about those for which there is no handler.

    Args:
        guard: Who decides.
        public: Paths, compared whole, on which a request without credentials is let through as nobody; a bad token is
            refused there, too.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
    """
    if isinstance(public, str):
        raise TypeError("public is a collection of paths")
    open_paths = frozenset(public)

    @web.middleware
    async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            facts = facts_from_request(request)
            if (document := guard.document_for(facts)) is not None:
                return _response(document)
            if request.path in open_paths:
                request[PRINCIPAL] = await guard.authenticate_optional(facts)
            else:
                request[PRINCIPAL] = await guard.authenticate(facts)
            return await handler(request)
        except GuardError as error:
            # A second head in the middle of an answer would be read as a part of it.
            if request.writer.output_size:
                raise
            return _response(guard.answer_to(error))

    return authenticate


def require(*wanted: str | Need) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Let a handler run only for callers who may do what is *wanted*: all of some scopes, or one `Need`.

    Raises:
        TypeError: A `Need` stands beside something else.
        ValueError: One of the names is no scope.
    """
    need = need_of(*wanted)

    def decorate(handler: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(handler)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            need.check(principal_of(_request_in(args)))
            return await handler(*args, **kwargs)

        return guarded

    return decorate


def principal_of(request: web.BaseRequest) -> Principal | None:
    """Return who is calling; None for nobody, on a public path.

    Raises:
        RuntimeError: No `auth_middleware` is around the application, so nobody has looked.
    """
    if PRINCIPAL not in request:
        raise RuntimeError("put auth_middleware around the application")
    principal = request[PRINCIPAL]
    return principal if isinstance(principal, Principal) else None


def _request_in(arguments: tuple[object, ...]) -> web.BaseRequest:
    for argument in arguments:
        if isinstance(argument, web.BaseRequest):
            return argument
        if isinstance(argument, web.View):
            return argument.request
    raise TypeError("require() is for handlers, and for methods of a web.View")


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=dict(answer.headers), body=answer.body)
