"""Two processes over one database sign people in together: a page of the one is answered by the other (P38)."""

import asyncio
import subprocess
import sys
from itertools import count
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from tests.server.web.live import Live
from tests.server.web.visitor import APP, REQUEST, VERIFIER
from tests.services.npm_provider import Form

pytestmark = pytest.mark.anyio


@pytest.fixture
def web(live: Live) -> dict[str, str]:
    """A client of both."""
    command = [sys.executable, "-m", "tokensmith", "client", "create", "web", "--redirect-uri", APP]
    scopes = ["--resource", "http://127.0.0.1:8001", "--scope", "notes:read"]
    environment = {**live.key_setting, "PATH": "/usr/bin:/bin"}
    made = subprocess.run(
        [*command, *scopes, "--database", live.database],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return {"client_id": "web", "client_secret": made.stdout.strip()}


async def signed_in(live: Live, browser: httpx2.AsyncClient) -> str:
    """Go through the pages, each request at the other process; the code."""
    turn = count()

    def elsewhere(location: str) -> str:
        parts = urlsplit(location)
        return live.url(next(turn), f"{parts.path}?{parts.query}")

    answer = await browser.get(live.url(next(turn), "/authorize"), params=REQUEST)
    while not answer.headers.get("location", "").startswith(APP):
        if answer.status_code == 303:
            answer = await browser.get(elsewhere(answer.headers["location"]))
            continue
        form = Form.first_of(answer.text)
        assert form is not None, answer.text
        known = {"username": "ada", "password": live.demo["people"]["ada"], "decision": "allow"}
        action = elsewhere(urljoin("/", form.action or ""))
        # A browser knows one origin for both; here they are two ports.
        answer = await browser.post(action, data={**form.fields, **known})
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def test_of_eight_redemptions_at_two_processes_one_succeeds(live: Live, web: dict[str, str]) -> None:
    """And the others, which had everything the client has, have ended what it got (RFC 9700 §4.2.4)."""
    async with httpx2.AsyncClient(timeout=60) as client:
        code = await signed_in(live, client)
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **web}
        answers = await asyncio.gather(*(client.post(live.url(turn, "/token"), data=form) for turn in range(8)))
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
        again = {"grant_type": "refresh_token", "refresh_token": won["refresh_token"], **web}
        refused = await client.post(live.url(1, "/token"), data=again)

    assert refused.json()["error"] == "invalid_grant"


async def test_refreshes_and_a_revocation_leave_nothing(live: Live, web: dict[str, str]) -> None:
    """Refresh against revoke, at two processes: in the end no token of the grant is good."""
    async with httpx2.AsyncClient(timeout=60) as client:
        code = await signed_in(live, client)
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **web}
        tokens = (await client.post(live.url(0, "/token"), data=form)).json()
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **web}
        revoke = {"token": tokens["refresh_token"], **web}
        asked = [client.post(live.url(turn, "/token"), data=again) for turn in range(6)]
        answers = await asyncio.gather(*asked[:3], client.post(live.url(1, "/revoke"), data=revoke), *asked[3:])
        access = [answer.json()["access_token"] for answer in answers if "access_token" in answer.text]
        for token in [tokens["access_token"], *access]:
            told = await client.post(live.url(0, "/introspect"), data={"token": token, **web})
            assert told.json() == {"active": False}

    assert all(answer.status_code in (200, 400) for answer in answers)
