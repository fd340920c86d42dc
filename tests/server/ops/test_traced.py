"""Spans of the whole application: what they are called, what is in them, and above all what is not."""

import asyncio
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, use_span

from tests.server.fakes import InMemoryStore
from tests.server.flows.world import World
from tests.server.web.served import PEER, Served
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.ops.traced import TracedStore

pytestmark = pytest.mark.anyio

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
NOT_KEPT = f"00-{TRACE}-00f067aa0ba902b7-00"


class Traced:
    """A served world, and the spans that leave it."""

    def __init__(self, world: World, provider: TracerProvider, spans: InMemorySpanExporter) -> None:
        self.provider, self._spans = provider, spans
        self.served = Served(world, provider=provider, trusted_proxies=("10.0.0.0/8",))

    def spans(self, kind: SpanKind = SpanKind.SERVER) -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.kind is kind]

    def only(self) -> ReadableSpan:
        (span,) = self.spans()
        return span

    def texts(self) -> str:
        return "".join(span.to_json() for span in self._spans.get_finished_spans())


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> Iterator[TracerProvider]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider
    provider.shutdown()


@pytest.fixture
async def traced(anyio_backend: str, provider: TracerProvider, exporter: InMemorySpanExporter) -> Traced:
    return Traced(await World.built(), provider, exporter)


async def test_a_request_is_a_span_named_by_its_route(traced: Traced) -> None:
    """With the names of OpenTelemetry's conventions for HTTP; what the database did is below it."""
    served = traced.served
    await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})
    span = traced.only()

    assert (span.name, span.parent, span.status.status_code) == ("POST /token", None, StatusCode.UNSET)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/token",
        "http.response.status_code": 200,
    }
    below = traced.spans(SpanKind.CLIENT)
    assert {each.name for each in below} == {"database read", "database write"}
    assert {each.parent.span_id for each in below if each.parent} == {span.context.span_id}
    assert {(each.attributes or {})["db.system.name"] for each in below} == {"sqlite"}


async def test_nothing_that_a_caller_sent_is_in_a_span(traced: Traced) -> None:
    """No path, query, address, header, secret or token, whatever becomes of the request."""
    served = traced.served
    canary = "canary-4711"
    answer = await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})
    sent = {"user-agent": canary, "authorization": f"Bearer {canary}", "referer": canary, "traceparent": PARENT}
    await served.get(f"/{canary}?{canary}", **sent)
    await served.get(f"/status/{canary}", **sent)
    await served.get(f"/authorize?client_id={canary}&state={canary}", **sent)
    await served.post_json("/api/login", {"username": canary, "password": canary}, **sent)
    async with served.http() as client:
        await client.request(canary.upper(), "/token")
    told = traced.texts()

    assert len(traced.spans()) == 6
    for secret in (canary, canary.upper(), PEER, TRACE, answer.json()["access_token"], served.world.secrets["robot"]):
        assert secret not in told
    assert {span.name for span in traced.spans()} == {
        "POST /token",
        "GET unknown",
        "GET /status/{list}",
        "GET /authorize",
        "POST /api/login",
        "HTTP /token",
    }


async def test_a_refusal_is_no_error_and_an_outage_is_one(traced: Traced) -> None:
    """Of the server's, that is: whoever sends nonsense must not ring the bell."""
    served = traced.served
    await served.post_form("/token", {})
    refused = traced.only()
    assert (refused.attributes or {})["http.response.status_code"] == 400
    assert refused.status.status_code is StatusCode.UNSET
    served.world.store.outage = UnavailableError("The database is away.")
    await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})

    span, database = traced.spans()[1], traced.spans(SpanKind.CLIENT)[-1]
    assert ((span.attributes or {})["error.type"], span.status.status_code) == ("503", StatusCode.ERROR)
    assert ((database.attributes or {})["error.type"], database.status.status_code) == (
        "temporarily_unavailable",
        StatusCode.ERROR,
    )
    assert (span.events, database.events, database.status.description) == ((), (), None)


@pytest.mark.parametrize(
    ("peer", "headers", "trace"),
    [
        ("10.0.0.1", [("traceparent", PARENT)], TRACE),
        ("10.0.0.1", [("traceparent", PARENT), ("traceparent", PARENT)], None),
        ("10.0.0.1", [("traceparent", "nonsense")], None),
        ("10.0.0.1", [], None),
        (PEER, [("traceparent", PARENT)], None),
    ],
)
async def test_a_trace_goes_on_only_from_a_trusted_proxy(
    traced: Traced, peer: str, headers: list[tuple[str, str]], trace: str | None
) -> None:
    """Anybody can write the header; of two nobody knows which the proxy meant."""
    async with traced.served.http(peer=peer) as client:
        await client.get("/healthz", headers=headers)
    span = traced.only()

    assert (span.parent is not None) is (trace is not None)
    assert (f"{span.context.trace_id:032x}" == TRACE) is (trace is not None)


async def test_a_proxy_may_say_that_a_trace_is_not_kept(traced: Traced) -> None:
    """A stranger may not."""
    for peer in ("10.0.0.1", PEER):
        async with traced.served.http(peer=peer) as client:
            await client.get("/healthz", headers={"traceparent": NOT_KEPT})

    assert len(traced.spans()) == 1


async def test_a_span_ends_as_the_answer_begins(traced: Traced) -> None:
    """A guard listens to the feed for days, and what is asked of the database for it then belongs to no request."""
    begun = asyncio.Event()

    async def send(message: dict[str, object]) -> None:
        begun.set()

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    scope = {
        "type": "http", "method": "GET", "path": "/status/feed", "headers": [], "query_string": b"",
        "client": (PEER, 1), "server": None, "scheme": "http", "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    listening = asyncio.create_task(traced.served.app(scope, receive, send))
    await asyncio.wait_for(begun.wait(), 10)
    assert traced.only().name == "GET /status/feed"
    listening.cancel()
    await asyncio.wait([listening])

    assert len(traced.spans()) == 1


async def test_the_database_is_traced_for_requests_alone(
    provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """Not for jobs; nor after the request's span has ended."""
    tracer = provider.get_tracer("test")
    store = TracedStore(store=InMemoryStore(), tracer=tracer, system="sqlite")
    await store.read(lambda uow: uow.now_ms())
    assert exporter.get_finished_spans() == ()
    span = tracer.start_span("request")
    with use_span(span):
        await store.read(lambda uow: uow.now_ms())
        assert [each.name for each in exporter.get_finished_spans()] == ["database read"]
        span.end()
        await store.write(lambda uow: uow.now_ms())

    assert [each.name for each in exporter.get_finished_spans()] == ["database read", "request"]


async def test_a_client_that_went_away_leaves_a_span_without_a_status(traced: Traced) -> None:
    """Nothing was answered."""

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        raise AssertionError

    scope = {
        "type": "http", "method": "POST", "path": "/token", "query_string": b"", "client": (PEER, 1), "server": None,
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")], "scheme": "http", "root_path": "",
        "http_version": "1.1",
    }  # fmt: skip
    await traced.served.app(scope, receive, send)

    assert "http.response.status_code" not in (traced.only().attributes or {})
