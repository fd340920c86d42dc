"""What is traced: one span per request, named by its route, and below it one per unit of work of the database.

A span holds method, route, status and times, and nothing that a caller sent: no path, no query, no address, no header.
That is also why the ready-made instrumentation of ASGI applications is not used: all of those are what it is about.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.web.endpoint import KNOWN_METHODS, Endpoint
from tokensmith.server.web.request_headers import header_values
from tokensmith.server.web.source_address import Sources

T = TypeVar("T")

_PARENT: Final = TraceContextTextMapPropagator()
_PARENT_HEADERS: Final = ("traceparent", "tracestate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Makes the traced form of what a server is made of.

    Attributes:
        sources: Says who may name the trace that a request belongs to.
        system: The database's name in OpenTelemetry: "sqlite" or "postgresql".
    """

    tracer: Tracer
    sources: Sources
    system: str

    def store(self, store: Store) -> Store:
        """Trace units of work."""
        return TracedStore(store=store, tracer=self.tracer, system=self.system)

    def routes(self, routes: Sequence[BaseRoute]) -> list[BaseRoute]:
        """Trace requests."""
        return [self._traced(route) for route in routes]

    def _traced(self, route: BaseRoute) -> BaseRoute:
        if not isinstance(route, Route) or not isinstance(route.app, Endpoint):
            return route
        return Route(route.path, TracedEndpoint(endpoint=route.app, tracer=self.tracer, sources=self.sources))


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEndpoint:
    """One URL. Its span ends as the answer begins: how long somebody then listens is nobody's waiting time."""

    endpoint: Endpoint
    tracer: Tracer
    sources: Sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        span = self._begun(scope)

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                _end(span, status=message["status"])
            await send(message)

        with use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                await self.endpoint(scope, receive, answered)
            finally:
                _end(span, status=None)

    def _begun(self, scope: Scope) -> Span:
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "_OTHER"
        attributes = {"http.request.method": method, "http.route": self.endpoint.route}
        return self.tracer.start_span(
            f"{'HTTP' if method == '_OTHER' else method} {self.endpoint.route}",
            context=self._parent(scope),
            kind=SpanKind.SERVER,
            attributes=attributes,
        )

    def _parent(self, scope: Scope) -> Context:
        # Whoever names the trace decides whether it is kept, and what of ours is shown beside what.
        if not self.sources.is_proxy(scope):
            return Context()
        values = {name: header_values(scope, name.encode()) for name in _PARENT_HEADERS}
        return _PARENT.extract({name: found[0] for name, found in values.items() if len(found) == 1}, Context())


def _end(span: Span, *, status: int | None) -> None:
    if not span.is_recording():
        return
    if status is not None:
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_attribute("error.type", str(status))
            span.set_status(StatusCode.ERROR)
    span.end()


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedStore:
    """Satisfies `Store`. A unit is a span where a request is being traced: jobs and feeds that go on have none."""

    store: Store
    tracer: Tracer
    system: str

    async def read(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """See `Store`."""
        return await self._traced("read", lambda: self.store.read(unit))

    async def write(self, unit: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """See `Store`."""
        return await self._traced("write", lambda: self.store.write(unit))

    async def _traced(self, name: str, run: Callable[[], Awaitable[T]]) -> T:
        if not get_current_span().is_recording():
            return await run()
        with self.tracer.start_as_current_span(
            f"database {name}",
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": self.system, "db.operation.name": name},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                return await run()
            except UnavailableError as error:
                span.set_attribute("error.type", error.code)
                span.set_status(StatusCode.ERROR)
                raise
