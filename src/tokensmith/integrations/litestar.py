"""Litestar: a plugin that lets nobody in without a token, and `Requires` for what a handler needs beyond.

    app = Litestar([notes], plugins=[AuthPlugin(guard)])

    @get("/notes", guards=[Requires("notes:read")])
    async def notes(request: Request[Principal, Principal, Any]) -> ...: request.user.subject ...

    @get("/health", opt={"public": True})      # lets nobody in as nobody; a bad token is refused there, too

Guards of applications, routers, controllers and handlers add up. A WebSocket is refused before it is accepted, with the
same answer as any other request where the server can give one.
"""

from collections.abc import Collection, MutableMapping
from copy import copy
from typing import Any, Final, cast

from litestar import MediaType, Request, Response, get
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins import InitPlugin
from litestar.types import ASGIApp, Receive, Scope, Send

from tokensmith.guard import Guard, GuardError, Need, Principal
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.asgi import facts_from_scope, send_answer
from tokensmith.integrations.needs import need_of

PUBLIC: Final = "public"
"""The key of a handler's `opt` that opens it."""
_CHECKED: Final = "tokensmith.checked"


class Requires:
    """A guard of Litestar's: lets callers through who may do what is *wanted*.

    Args:
        wanted: All of some scopes, or one `Need`.

    Raises:
        TypeError: A `Need` stands beside something else.
        ValueError: One of the names is no scope.
    """

    def __init__(self, *wanted: str | Need) -> None:
        self.need = need_of(*wanted)

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Refuse where the plugin has not looked; where it has, it has checked this need, too.

        Raises:
            RuntimeError: No AuthPlugin is in the application.
        """
        if _CHECKED not in connection.scope:
            raise RuntimeError("put AuthPlugin(guard) among the application's plugins")


class AuthPlugin(InitPlugin):
    """Ask the guard about every HTTP request and every WebSocket that has a handler.

    `request.user` and `request.auth` are the caller, a `Principal`, or None for nobody on a public route.

    Args:
        guard: Who decides.
        public: Paths, compared whole, that are open as handlers with `opt={"public": True}` are; for those that are not
            your own, such as "/schema".
        scheme_name: What the OpenAPI document calls the scheme.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
    """

    def __init__(self, guard: Guard, *, public: Collection[str] = (), scheme_name: str = "Bearer") -> None:
        if isinstance(public, str):
            raise TypeError("public is a collection of paths")
        self._guard = guard
        self._public = frozenset(public)
        self._scheme_name = scheme_name

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put the middleware before all others, and the scheme into the OpenAPI document."""
        app_config.middleware = [_Middleware(self._guard, self._public), *app_config.middleware]
        if self._guard.metadata_path is not None:
            app_config.route_handlers = [
                *app_config.route_handlers,
                _publishing(self._guard, self._guard.metadata_path),
            ]
        app_config.exception_handlers = {GuardError: self._answer, **app_config.exception_handlers}
        if app_config.openapi_config is not None:
            app_config.openapi_config = _described(app_config.openapi_config, self._scheme_name)
        return app_config

    def _answer(self, _: object, error: GuardError) -> Response[bytes]:
        # For what a handler asks of the guard itself; what the middleware refuses gets to no handler.
        return _response(self._guard.answer_to(error))


class _Middleware(ASGIMiddleware):
    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    def __init__(self, guard: Guard, public: frozenset[str]) -> None:
        self._guard = guard
        self._public = public

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request in, or answer it."""
        members = cast("MutableMapping[str, Any]", scope)
        try:
            principal = await self._admitted(members)
        except GuardError as error:
            await send_answer(self._guard.answer_to(error), members, cast("Any", receive), cast("Any", send))
            return
        members["user"] = members["auth"] = principal
        members[_CHECKED] = True
        await next_app(scope, receive, send)

    async def _admitted(self, scope: MutableMapping[str, Any]) -> Principal | None:
        handler, facts = scope["route_handler"], facts_from_scope(scope)
        if self._guard.document_for(facts) is not None:
            return None
        if handler.opt.get(PUBLIC) is True or scope["path"] in self._public:
            principal = await self._guard.authenticate_optional(facts)
        else:
            principal = await self._guard.authenticate(facts)
        for guard in handler.resolve_guards():
            if isinstance(guard, Requires):
                guard.need.check(principal)
        return principal


def _publishing(guard: Guard, path: str) -> HTTPRouteHandler:
    # Not in the OpenAPI document: what it says is not the service's business, but who may ask for it.
    @get(path, include_in_schema=False, sync_to_thread=False)
    def metadata(request: Request[Any, Any, Any]) -> Response[bytes]:
        document = guard.document_for(facts_from_scope(cast("Any", request.scope)))
        if document is None:
            raise NotFoundException
        return _response(document)

    return metadata


def _response(answer: Answer) -> Response[bytes]:
    headers = {name: value for name, value in answer.headers if name != "content-type"}
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=MediaType.JSON)


def _described(config: OpenAPIConfig, name: str) -> OpenAPIConfig:
    ours = Components(security_schemes={name: SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")})
    theirs = config.components if isinstance(config.components, list) else [config.components]
    # A copy: applications without a configuration of their own share one. (`replace` would name deprecated members.)
    described = copy(config)
    described.components = [*theirs, ours]
    described.security = [*(config.security or []), {name: []}]
    return described
