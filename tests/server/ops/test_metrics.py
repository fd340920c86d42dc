"""What is counted, who may read it, and that several processes count together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.flows.world import PASSWORD, World
from tests.server.web.served import Served
from tokensmith.server.ops.metrics import DIRECTORY_VARIABLE

pytestmark = pytest.mark.anyio

ONE_PROCESS = """
from tokensmith.server.ops.metrics import Metrics
metrics = Metrics()
metrics.issued("client_credentials")
metrics.answered("/token", method="POST", status=200, seconds=0.1)
print(metrics.text("")[0].decode())
"""


@pytest.fixture
async def served(anyio_backend: str) -> Served:
    return Served(await World.built())


def value(served: Served, name: str, **labels: str) -> float:
    return served.metrics.registry.get_sample_value(f"tokensmith_{name}", labels) or 0


async def test_outcomes_are_counted_after_their_commit(served: Served) -> None:
    """Sign-ins, refreshes, revocations: what the audit log has."""
    await served.post_json("/api/login", {"username": "ada", "password": "not this"})
    answer = await served.post_json("/api/login", {"username": "ada", "password": PASSWORD})
    token = answer.json()["refresh_token"]
    await served.post_json("/api/refresh", {"refresh_token": token})
    await served.post_json("/api/refresh", {"refresh_token": token})
    served.world.pass_time(3600)
    await served.post_json("/api/refresh", {"refresh_token": token})

    for event in ("sign_in_failed", "signed_in", "refreshed", "refresh_repeated", "refresh_reused"):
        assert value(served, "audit_events_total", event=event) == 1, event
    assert value(served, "refusals_total", route="/api/refresh", code="refresh_token_reused") == 1
    assert value(served, "access_tokens_issued_total", grant_type="password") == 1
    assert value(served, "access_tokens_issued_total", grant_type="refresh_token") == 2


async def test_requests_are_timed_by_route(served: Served) -> None:
    await served.get("/status/1")
    await served.get("/status/2")

    labels = {"route": "/status/{list}", "method": "GET", "status": "404"}
    assert value(served, "request_seconds_count", **labels) == 2


async def test_no_label_holds_what_a_caller_wrote(served: Served) -> None:
    """Neither names nor paths nor methods: labels are kept for ever, and shown to whoever reads metrics."""
    for text in ("canary", "c%61nary"):
        await served.get(f"/{text}")
        await served.get(f"/status/{text}")
        await served.post_form("/token", f"grant_type={text}&client_id={text}")
        await served.post_form("/token", {"grant_type": text, **served.basic("robot")})
        await served.post_json("/api/login", {"username": text, "password": text, "scope": text, text: text})
    async with served.http() as client:
        await client.request("CANARY", "/token")

    assert "canary" not in served.metrics.text("")[0].decode().lower()


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 404)])
async def test_numbers_are_for_the_networks_that_were_named(served: Served, peer: str, status: int) -> None:
    """Everybody else does not learn that they are here."""
    async with served.http(peer=peer) as client:
        answer = await client.get("/metrics")

    assert answer.status_code == status
    assert ("tokensmith" in answer.text) is (status == 200)


async def test_a_proxy_that_is_not_trusted_is_not_let_in(served: Served) -> None:
    """It stands on this machine and speaks for the whole world."""
    async with served.http(peer="127.0.0.1") as client:
        answer = await client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"})

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert served.refused("metrics_forbidden") == 1


async def test_the_format_is_what_was_asked_for(served: Served) -> None:
    """Prometheus asks for OpenMetrics."""
    async with served.http(peer="127.0.0.1") as client:
        answer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_processes_count_together(tmp_path: Path) -> None:
    """Whichever worker is asked answers for all, the ones that are gone included: counters never fall."""
    environment = {**os.environ, DIRECTORY_VARIABLE: str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", ONE_PROCESS], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]

    for number, output in enumerate(outputs, 1):
        assert f'tokensmith_access_tokens_issued_total{{grant_type="client_credentials"}} {number}.0' in output
        assert f'tokensmith_request_seconds_count{{method="POST",route="/token",status="200"}} {number}.0' in output
