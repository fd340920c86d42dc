"""One URL: its methods and handlers, and what becomes of everything that goes wrong in them.

An answer never says more than its class allows: the cause stands in the log, under the `error_id` that the caller was
given. Handlers return a `Response` or raise an `OAuthError`; nothing else leaves this file.
"""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tokensmith.server.domain.errors import OAuthError, UnavailableError
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.request_body import ClientGoneError
from tokensmith.server.web.request_headers import header_values
from tokensmith.server.web.responses import error_response, refusal

Handler = Callable[[Request], Awaitable[Response]]


class Origins(Protocol):
    """Knows the origins whose pages may use an endpoint."""

    async def include(self, origin: str) -> bool:
        """Tell whether this is one.

        Raises:
            UnavailableError: nobody knows now.
        """


class ErrorPages(Protocol):
    """Shows errors to people, where programs would get JSON."""

    def refusal(self, request: Request, error: OAuthError, error_id: str) -> Response:
        """Make the answer for a refusal."""

    def error(self, request: Request, error: str, *, status: int, error_id: str) -> Response:
        """Make the answer for an error that is no `OAuthError`."""


_LOG: Final = logging.getLogger("tokensmith.server.web")
_PREFLIGHT_SECONDS: Final = "86400"
_EXPOSED: Final = (b"access-control-expose-headers", b"dpop-nonce, www-authenticate, retry-after")
# What a method we have never heard of is counted as: a label that callers choose would grow without end.
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An ASGI application for one URL.

    Attributes:
        route: The URL's pattern, under which requests are counted and logged.
        methods: Each method's handler; HEAD follows GET by itself.
        headers: Added to every answer.
        public: Pages of other origins may read it: a preflight is answered (Fetch §4.8).
        origins: Whose pages may use it besides our own; None for nobody's.
        pages: Shows its errors, where people come; None where programs do.
    """

    route: str
    methods: Mapping[str, Handler]
    headers: tuple[tuple[bytes, bytes], ...]
    observer: Observer
    public: bool = False
    origins: Origins | None = None
    pages: ErrorPages | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientGoneError:
            return
        response.raw_headers.extend(self.headers)
        if self.origins is not None:
            await self._share(scope, response, self.origins)
        if isinstance(response, StreamingResponse):
            # Until it begins; how long somebody then listens is nobody's waiting time.
            self._count(scope, response, started=started)
            await response(scope, receive, send)
            return
        await response(scope, receive, send)
        self._count(scope, response, started=started)

    async def _share(self, scope: Scope, response: Response, origins: Origins) -> None:
        origin = next(iter(header_values(scope, b"origin")), None)
        if origin is None:
            return
        response.raw_headers.append((b"vary", b"origin"))
        with suppress(UnavailableError):
            if await origins.include(origin):
                allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
                response.raw_headers.extend((allowed, _EXPOSED))

    def _count(self, scope: Scope, response: Response, *, started: float) -> None:
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        seconds = time.perf_counter() - started
        self.observer.answered(self.route, method=method, status=response.status_code, seconds=seconds)

    async def _answer(self, request: Request) -> Response:
        handler = self.methods.get(request.method)
        if handler is None:
            return await self._without_handler(request)
        try:
            return await handler(request)
        except OAuthError as error:
            return self._refuse(request, error)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the caller learns only that it was
            return self._fail(request, error)

    async def _without_handler(self, request: Request) -> Response:
        if request.method == "HEAD" and "GET" in self.methods:
            return await self._head(request)
        allowed = sorted({*self.methods, *({"HEAD"} if "GET" in self.methods else ())})
        if request.method == "OPTIONS" and self.public:
            return _preflight(allowed, headers="if-none-match")
        if request.method == "OPTIONS" and self.origins is not None:
            return _preflight(allowed, headers="authorization, content-type, dpop")
        self.observer.refused(self.route, code="method_not_allowed")
        headers = {"allow": ", ".join(allowed)}
        text = f"Use {' or '.join(allowed)} here."
        return error_response("invalid_request", text, status=405, error_id=_new_id(), headers=headers)

    async def _head(self, request: Request) -> Response:
        request.scope["method"] = "GET"
        response = await self._answer(Request(request.scope, request.receive))
        request.scope["method"] = "HEAD"
        # RFC 9110 §9.3.2: the header section of GET, its Content-Length included, and no content.
        head = Response(None, response.status_code)
        head.raw_headers = response.raw_headers
        return head

    def _refuse(self, request: Request, error: OAuthError) -> Response:
        error_id = _new_id()
        self.observer.refused(self.route, code=error.code)
        level = logging.WARNING if error.status >= 500 else logging.INFO
        facts = {"error_id": error_id, "route": self.route, "status": error.status, "code": error.code}
        # The cause of a 503 is in what it was raised from: the driver's own words.
        cause = error.__cause__ if error.status >= 500 else None
        _LOG.log(level, "refused", extra={**facts, "detail": error.detail}, exc_info=cause)
        if self.pages is not None:
            return self.pages.refusal(request, error, error_id)
        return refusal(error, error_id=error_id)

    def _fail(self, request: Request, error: Exception) -> Response:
        error_id = _new_id()
        self.observer.refused(self.route, code="server_error")
        facts = {"error_id": error_id, "route": self.route, "status": 500, "code": getattr(error, "code", "")}
        _LOG.error("failed", extra={**facts, "detail": getattr(error, "detail", "")}, exc_info=error)
        if self.pages is not None:
            return self.pages.error(request, "server_error", status=500, error_id=error_id)
        return error_response("server_error", "The server made a mistake.", status=500, error_id=error_id)


def _new_id() -> str:
    return secrets.token_hex(8)


def _preflight(allowed: list[str], *, headers: str) -> Response:
    answers = {
        "access-control-allow-methods": ", ".join(allowed),
        "access-control-allow-headers": headers,
        "access-control-max-age": _PREFLIGHT_SECONDS,
    }
    return Response(None, 204, answers)
