"""The fixtures for services' own tests, in a project of its own."""

import os
import subprocess
import sys
from pathlib import Path

SERVICE = """
from fastapi import FastAPI, Security
from typing import Annotated
from tokensmith.guard import Guard, Issuer, Principal
from tokensmith.integrations.fastapi import Auth

guard = Guard(Issuer("https://id.example", audience="https://api.example"))
app = FastAPI()

@app.get("/notes")
async def notes(caller: Annotated[Principal, Security(Auth(guard), scopes=["notes:read"])]) -> list[str]:
    return [f"A note of {caller.subject}"]
"""
CONFTEST = """
import pytest
from fastapi.testclient import TestClient
import notes

pytest_plugins = ["tokensmith.integrations.pytest_plugin"]

@pytest.fixture
def tokensmith_guard():
    return notes.guard

@pytest.fixture
def client():
    return TestClient(notes.app)
"""
TESTS = """
def test_headers(client, auth_headers, fake_issuer):
    headers = auth_headers(sub="ada", scope="notes:read")
    assert client.get("/notes", headers=headers).json() == ["A note of ada"]
    assert client.get("/notes", headers=auth_headers(scope="notes:write")).status_code == 403
    assert client.get("/notes", headers=auth_headers(scope="notes:read", flaw="expired")).status_code == 401
    fake_issuer.revoke(headers["Authorization"].removeprefix("Bearer "))
    assert client.get("/notes", headers=headers).status_code == 401

def test_acting_as(client, acting_as):
    with acting_as(sub="ada", scope="notes:read"):
        assert client.get("/notes").json() == ["A note of ada"]
    with acting_as(sub="ada"):
        assert client.get("/notes").status_code == 403
    assert client.get("/notes").status_code == 401
"""


def run_pytest(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=120, check=False)


def test_a_service_tests_its_own_guard(tmp_path: Path) -> None:
    """Nothing in the service is changed for it, and nothing is fetched."""
    done = run_pytest(tmp_path, notes=SERVICE, conftest=CONFTEST, test_notes=TESTS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_whoever_forgets_the_guard_is_told(tmp_path: Path) -> None:
    conftest = 'pytest_plugins = ["tokensmith.integrations.pytest_plugin"]'
    done = run_pytest(tmp_path, conftest=conftest, test_x="def test_x(auth_headers): ...")

    assert done.returncode != 0
    assert "write a fixture tokensmith_guard" in done.stdout
