"""Starlette: a middleware that lets nobody in without a token, and `requires` for what a route needs beyond.

    app = Starlette(routes=routes, middleware=[Middleware(AuthMiddleware, guard=guard, public={"/health"})])

    @requires("notes:read")
    async def notes(request): request.user.principal.subject ...

It fills `request.user` and `request.auth`, so Starlette's own `@requires` sees the scopes, too; but that one answers a
missing scope with a plain 403 and says nothing of what is missing.
"""

import functools
import inspect
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from starlette.authentication import AuthCredentials, BaseUser, UnauthenticatedUser
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from tokensmith.guard import Guard, Need, Principal
from tokensmith.integrations import asgi
from tokensmith.integrations.needs import need_of

P = ParamSpec("P")
T = TypeVar("T")


class AuthenticatedUser(BaseUser):
    """What `request.user` is for a caller with a good token."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    @property
    def is_authenticated(self) -> bool:
        """Return True."""
        return True

    @property
    def display_name(self) -> str:
        """The subject; tokens carry no better name."""
        return self.principal.subject

    @property
    def identity(self) -> str:
        """The subject, unique within its issuer."""
        return self.principal.subject


class AuthMiddleware(asgi.AuthMiddleware):
    """Ask the guard about every HTTP request and every WebSocket; arguments as for any ASGI application.

    Args:
        app: What is protected.
        guard: Who decides.
        public: Paths, compared whole, on which a request without credentials is let through as nobody; a bad token is
            refused there, too.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
    """

    def note(self, scope: Scope, principal: Principal | None) -> None:
        """Fill `request.user` and `request.auth`, too."""
        super().note(scope, principal)
        scope["user"] = UnauthenticatedUser() if principal is None else AuthenticatedUser(principal)
        scope["auth"] = AuthCredentials(() if principal is None else sorted(principal.scopes))


def metadata_route(guard: Guard) -> Route:
    """Make the route of what the guard publishes about the service, for applications without the middleware.

    Raises:
        ValueError: The guard publishes nothing.
    """
    if guard.metadata_path is None:
        raise ValueError("the guard publishes nothing: give it a resource=")

    async def metadata(request: Request) -> Response:
        document = guard.document_for(asgi.facts_from_scope(request.scope))
        if document is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(document.body, status_code=document.status, headers=dict(document.headers))

    return Route(guard.metadata_path, metadata)


def requires(*wanted: str | Need) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a route's handler run only for callers who may do what is *wanted*: all of some scopes, or one `Need`.

    For functions and methods, asynchronous or not, that are given the request or the WebSocket.

    Raises:
        TypeError: A `Need` stands beside something else.
        ValueError: One of the names is no scope.
    """
    need = need_of(*wanted)

    def decorate(endpoint: Callable[P, T]) -> Callable[P, T]:
        if inspect.iscoroutinefunction(endpoint):

            @functools.wraps(endpoint)
            async def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
                need.check(_caller(args, kwargs))
                return await endpoint(*args, **kwargs)

            return guarded  # type: ignore[return-value]  # T is the coroutine that the endpoint makes

        @functools.wraps(endpoint)
        def guarded_blocking(*args: P.args, **kwargs: P.kwargs) -> T:
            need.check(_caller(args, kwargs))
            return endpoint(*args, **kwargs)

        return guarded_blocking

    return decorate


def _caller(args: tuple[object, ...], kwargs: dict[str, object]) -> Principal | None:
    for argument in (*args, *kwargs.values()):
        if isinstance(argument, HTTPConnection):
            user = argument.scope.get("user")
            if user is None:
                raise RuntimeError("requires() needs AuthMiddleware around the application")
            return user.principal if isinstance(user, AuthenticatedUser) else None
    raise TypeError("requires() is for functions that are given the request or the WebSocket")
