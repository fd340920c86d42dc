"""Secrets go through every endpoint, in the right places and in wrong ones, and none of them is in the log."""

import base64
from pathlib import Path

import httpx2
import pytest

from tests.server.web.live import Live
from tests.services.processes import Processes

PATHS = ("/token", "/revoke", "/introspect", "/api/login", "/api/refresh", "/api/logout")


@pytest.fixture
def live(tmp_path: Path, processes: Processes) -> Live:
    live = Live(tmp_path, f"sqlite:///{tmp_path / 'tokensmith.db'}", processes)
    live.start("--log-level", "debug")
    return live


def test_no_secret_is_logged(live: Live) -> None:
    """At the level that says most, with refusals of every kind among the requests."""
    password = live.demo["people"]["ada"]
    secret = live.demo["clients"]["demo-short"]
    with httpx2.Client(base_url=live.issuer, timeout=60) as client:
        signed_in = client.post("/api/login", json={"username": "ada", "password": password}).json()
        refresh, access = signed_in["refresh_token"], signed_in["access_token"]
        renewed = client.post("/api/refresh", json={"refresh_token": refresh}).json()
        secrets = [password, "wrong-Canary-9", secret, refresh, access, *map(str, renewed.values())]
        for value in (password, "wrong-Canary-9"):
            client.post("/api/login", json={"username": "grace", "password": value})
            client.post("/api/login", json={"username": "grace", "password": value, value: value})
            client.post("/api/login", content=f'{{"password": "{value}"'.encode())
        for path in PATHS:
            for value in (secret, refresh, access):
                basic = base64.b64encode(f"demo-short:{value}".encode()).decode()
                client.post(path, data={"client_id": "demo-short", "client_secret": value, "token": value})
                client.post(path, data={"client_id": value, "grant_type": value, "refresh_token": value})
                client.post(path, data={"token": value}, headers={"authorization": f"Basic {basic}"})
                client.post(path, headers={"authorization": f"Bearer {value}"})
                client.post(path, json={"refresh_token": value})
                client.post(path, json={value: value}, headers={"cookie": f"__Host-tokensmith-refresh={value}"})
                client.get(f"{path}/{value}", params={"access_token": value})
    live.servers[0].terminate()
    live.servers[0].wait(30)
    # What the demo tells on purpose is not the log.
    log = [line for line in live.servers[0].output().splitlines() if '"event"' in line]

    assert sum("refused" in line for line in log) > 50
    for value in secrets:
        if len(value) > 12 and value not in {"refresh_token", "notes:read"}:
            for piece in {value, value[8:24], value.rpartition(".")[2]}:
                assert not any(piece in line for line in log), piece
