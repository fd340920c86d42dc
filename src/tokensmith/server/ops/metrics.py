"""Counters and timings for Prometheus; no label ever holds anything about a person or anything a caller chose.

With several worker processes the library keeps the values in files of one directory, which `tokensmith serve` makes and
names in `PROMETHEUS_MULTIPROC_DIR` before its workers start; whichever worker is asked adds them all up. Whoever runs
the application under another server with several processes sets that variable, too.
"""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.audit import AuditName
from tokensmith.server.domain.errors import NotFoundError
from tokensmith.server.web.source_address import Network, Sources

DIRECTORY_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """What is counted; the `Observer` of the web, and the counter of what was audited."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        if DIRECTORY_VARIABLE not in os.environ:
            ProcessCollector(registry=self.registry)
        self._requests = Histogram(
            "tokensmith_request_seconds",
            "Time to answer a request, by route.",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._refusals = self._counter("refusals", "Requests refused, by cause (docs/errors.md).", "route", "code")
        self._tokens = self._counter("access_tokens_issued", "Access tokens issued.", "grant_type")
        self._events = self._counter("audit_events", "Audited events, counted after their commit.", "event")
        self._lists = self._counter("status_lists_built", "Status lists built and signed.")
        self._jobs = self._counter("job_runs", "Runs of the periodic jobs.", "job", "outcome")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"tokensmith_{name}", text, labels, registry=self.registry)

    def answered(self, route: str, *, method: str, status: int, seconds: float) -> None:
        """See `Observer`."""
        self._requests.labels(route, method, str(status)).observe(seconds)

    def refused(self, route: str, *, code: str) -> None:
        """See `Observer`."""
        self._refusals.labels(route, code).inc()

    def issued(self, grant_type: str) -> None:
        """See `Observer`."""
        self._tokens.labels(grant_type).inc()

    def built_status_list(self) -> None:
        """See `Observer`."""
        self._lists.inc()

    def audited(self, name: AuditName) -> None:
        """Count an event whose transaction was committed."""
        self._events.labels(name.value).inc()

    def ran_job(self, job: str, *, held: bool) -> None:
        """Count a run of a periodic job."""
        self._jobs.labels(job, "ok" if held else "failed").inc()

    def text(self, accept: str) -> tuple[bytes, str]:
        """Return everything counted, over all worker processes, and its media type."""
        registry = self.registry
        if DIRECTORY_VARIABLE in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type


class MetricsHandler:
    """The handler of `/metrics`, for the networks in `metrics_from` alone."""

    def __init__(self, metrics: Metrics, *, sources: Sources, networks: tuple[Network, ...]) -> None:
        self._metrics = metrics
        self._sources = sources
        self._networks = networks

    async def __call__(self, request: Request) -> Response:
        """Answer with everything counted.

        Raises:
            NotFoundError: the caller is in none of the networks (`metrics_forbidden`); it need not learn that they are
                here.
        """
        if not self._sources.is_from(request.scope, self._networks):
            raise NotFoundError("There is nothing here.", code="metrics_forbidden")
        body, media_type = self._metrics.text(request.headers.get("accept", ""))
        return Response(body, 200, {"content-type": media_type, "cache-control": "no-store"})
