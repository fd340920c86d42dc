"""Traces by OpenTelemetry, where the setting `traces` asks for them; its libraries are imported only then.

How and where they are sent is said by its own standard variables, `OTEL_…`, and not by settings of ours.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from tokensmith import __version__
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.settings import Settings
from tokensmith.server.web.source_address import Sources, parse_networks

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from tokensmith.server.ops.traced import Traces

SCOPE: Final = "tokensmith.server"


@asynccontextmanager
async def opened_traces(settings: Settings) -> "AsyncIterator[Traces | None]":
    """Open what traces are sent with, for as long as the context lasts; None where they are off.

    What was not sent yet is sent at the end.

    Raises:
        ConflictError: the libraries are not installed (`otel_extra_missing`).
    """
    if settings.traces == "off":
        yield None
        return
    provider = _provider()
    try:
        yield traces_of(provider, settings)
    finally:
        await asyncio.to_thread(provider.shutdown)


def check_traces(settings: Settings) -> None:
    """Refuse a setting that cannot be followed, before anything is opened.

    Raises:
        ConflictError: the libraries are not installed (`otel_extra_missing`).
    """
    if settings.traces != "off":
        _provider().shutdown()


def traces_of(provider: "TracerProvider", settings: Settings) -> "Traces":
    """Return traces over a provider."""
    from tokensmith.server.ops.traced import Traces  # noqa: PLC0415

    return Traces(
        tracer=provider.get_tracer(SCOPE, __version__),
        sources=Sources(parse_networks(settings.trusted_proxies)),
        system=settings.database.partition(":")[0],
    )


def _provider() -> "TracerProvider":
    try:
        # Here and not above: whoever does without traces need not have them, nor wait for them at start.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        text = "Traces need an extra: pip install 'tokensmith[otel]'"
        raise ConflictError(text, code="otel_extra_missing", detail=str(error)) from error
    ours = Resource.create({"service.name": "tokensmith", "service.version": __version__})
    # The environment's word counts more: two servers are told apart by OTEL_SERVICE_NAME.
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
