"""Server processes whose signing keys are in a token (SoftHSM), over either database."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys

import httpx2
import psycopg
import pytest

from tests.server.web.live import Live, refresh, sign_in
from tests.services.processes import Processes, free_port
from tests.services.softhsm import SoftHsm
from tokensmith.guard import Guard, Issuer
from tokensmith.guard.facts import RequestFacts
from tokensmith.jose import KeySet
from tokensmith.server.demo import DEFAULT_AUDIENCE

pytestmark = pytest.mark.anyio

ROWS = "SELECT alg, sealed_private_jwk, provider_key_id FROM signing_keys ORDER BY alg"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def token(softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """What every process is told."""
    for name, value in softhsm.settings.items():
        monkeypatch.setenv(f"TOKENSMITH_{name.upper()}", value)
    return softhsm


def rows(live: Live) -> list[tuple[str, bytes | None, str | None]]:
    if live.is_sqlite:
        with contextlib.closing(sqlite3.connect(live.folder / "tokensmith.db")) as raw:
            return raw.execute(ROWS).fetchall()
    with psycopg.connect(live.database) as connection:
        return connection.execute(ROWS).fetchall()


def operate(live: Live, *words: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "tokensmith", *words, "--database", live.database)
    environment = {**os.environ, **live.key_setting}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


async def access_token(client: httpx2.AsyncClient, live: Live, *, number: int) -> str:
    body = {"username": "ada", "password": live.demo["people"]["ada"]}
    answer = await client.post(live.url(number, "/api/login"), json=body)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def test_a_guard_takes_tokens_that_the_token_has_signed(live: Live, softhsm: SoftHsm) -> None:
    """From both processes; the keys are in no database."""
    guard = Guard(Issuer(live.issuer, audience=DEFAULT_AUDIENCE))
    async with httpx2.AsyncClient(timeout=30) as client:
        for number in range(2):
            bearer = f"Bearer {await access_token(client, live, number=number)}"
            facts = RequestFacts.from_headers({"authorization": bearer}, url=DEFAULT_AUDIENCE)
            principal = guard.authenticate_sync(facts)
            assert principal.client_id == "first-party"
        published = KeySet.from_jwks((await client.get(live.url(0, "/.well-known/jwks.json"))).content)

    assert sorted(key.alg for key in published) == ["ES256", "RS256"]
    assert [(alg, sealed) for alg, sealed, _ in rows(live)] == [("ES256", None), ("RS256", None)]
    assert all(provided for _, _, provided in rows(live))


async def test_a_successor_is_made_in_the_token(live: Live) -> None:
    """By the operator's command, which has the settings of the server."""
    done = operate(live, "keys", "rotate")
    listed = operate(live, "keys", "list", "--json").stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["held in"] for line in listed] == ["pkcs11"] * 3
    assert [(alg, sealed) for alg, sealed, _ in rows(live)] == [("ES256", None), ("ES256", None), ("RS256", None)]


async def test_a_token_that_is_pulled_out_and_put_back(live: Live, softhsm: SoftHsm) -> None:
    """503 meanwhile, from the very first request on; nobody loses a session."""
    async with httpx2.AsyncClient(timeout=30) as client:
        kept = await sign_in(client, live)
        softhsm.take_away()
        answers = [await refresh(client, live.url(0, "/token"), kept) for _ in range(2)]
        ready = await client.get(live.url(0, "/readyz"))
        known = await client.get(live.url(0, "/.well-known/jwks.json"))
        assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [
            (503, "temporarily_unavailable"),
            (503, "temporarily_unavailable"),
        ]
        assert (ready.status_code, known.status_code) == (503, 200)
        softhsm.bring_back()

        assert (await refresh(client, live.url(0, "/token"), kept)).status_code == 200
        assert (await client.get(live.url(0, "/readyz"))).status_code == 200


async def test_a_wrong_pin_is_refused_at_start(
    live: Live, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a message, and without the PIN in it."""
    monkeypatch.setenv("TOKENSMITH_PKCS11_PIN", "not-the-pin")
    for name, value in live.key_setting.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "tokensmith", "serve", "--port", str(free_port()), "--database", live.database]
    server = processes.start(*command)

    assert server.wait(60) == 1
    assert "The PKCS#11 token does not sign now. (PinIncorrect" in server.output()
    assert "not-the-pin" not in server.output()
