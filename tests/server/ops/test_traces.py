"""Traces leave a real server for a real receiver; where they are off, nothing of them is even imported."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.server.web.live import wait_until_healthy
from tests.services.processes import Processes, free_port
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.ops.traces import check_traces, opened_traces
from tokensmith.server.settings import Settings

pytestmark = pytest.mark.anyio


class Receiver(BaseHTTPRequestHandler):
    """Takes what the OTLP exporter posts (OTLP 1.x, §"OTLP/HTTP")."""

    received: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        assert (self.path, self.headers["content-type"]) == ("/v1/traces", "application/x-protobuf")
        self.received.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """A receiver's URL, and what it has received."""
    received: list[ExportTraceServiceRequest] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("One", (Receiver,), {"received": received}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_sends_its_traces_where_the_environment_says(
    tmp_path: Path, processes: Processes, workers: int
) -> None:
    """Under the name that it says; what was not sent yet is sent before the server ends. Each worker sends its own."""
    port = free_port()
    with receiving() as (url, received):
        server = processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--port", str(port), "--workers", str(workers)),
            *("--database", f"sqlite:///{tmp_path / 't.db'}"),
            environment={
                "TOKENSMITH_TRACES": "otlp",
                "OTEL_EXPORTER_OTLP_ENDPOINT": url,
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=id,deployment.environment.name=test",
            },
        )
        wait_until_healthy(server, port)
        httpx2.get(f"http://127.0.0.1:{port}/.well-known/jwks.json?canary").raise_for_status()
        server.stop()

    resources = [each for request in received for each in request.resource_spans]
    spans = [span for each in resources for scope in each.scope_spans for span in scope.spans]
    named = {item.key: item.value.string_value for each in resources for item in each.resource.attributes}
    assert {"GET /healthz", "GET /.well-known/jwks.json"} <= {span.name for span in spans}
    assert (named["service.name"], named["deployment.environment.name"]) == ("id", "test")
    assert named["service.version"]
    assert "canary" not in str(received)
    assert {scope.scope.name for each in resources for scope in each.scope_spans} == {"tokensmith.server"}


def test_a_server_whose_receiver_is_away_serves_and_stops(tmp_path: Path, processes: Processes) -> None:
    """It says so in its log."""
    port = free_port()
    server = processes.start(
        *(sys.executable, "-m", "tokensmith", "serve", "--port", str(port)),
        *("--database", f"sqlite:///{tmp_path / 't.db'}"),
        environment={
            "TOKENSMITH_TRACES": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        },
    )
    wait_until_healthy(server, port)
    assert httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    log = server.log
    server.send_signal(15)

    assert server.wait(30) == 0
    assert not log.closed
    assert "opentelemetry" in server.output()


def test_what_is_off_is_not_imported() -> None:
    """It would cost a quarter of a second at every start."""
    program = (
        "import sys, tokensmith.cli.serve\n"
        "from tokensmith.server import Settings, create_app\n"
        "create_app(Settings())\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


async def test_off_is_nothing() -> None:
    check_traces(Settings())
    async with opened_traces(Settings()) as traces:
        assert traces is None


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is opened."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ConflictError, match=r"tokensmith\[otel\]") as caught:
        check_traces(Settings(traces="otlp"))

    assert caught.value.code == "otel_extra_missing"
