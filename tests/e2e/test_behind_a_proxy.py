"""What docs/how-to/behind-a-proxy.md promises of each proxy, in front of a real server whose issuer is https."""

import base64
import json
import secrets
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urljoin

import httpx2
import pytest
import trustme

from tests.guard.sender.proofs import proof
from tests.server.web.live import wait_until_healthy
from tests.services.npm_provider import Form
from tests.services.processes import Processes, free_port
from tests.services.proxies import HOST, KINDS, proxy

ISSUER = f"https://{HOST}"
NOTES = "https://notes.example"
BACK = "https://app.example/cb"
CALLER = "127.0.0.2"  # the proxy talks to the server from 127.0.0.1
PASSWORD = "correct horse"
PATIENCE = 10
ASKED = {
    "client_id": "web",
    "response_type": "code",
    "redirect_uri": BACK,
    "scope": "notes:read",
    "code_challenge": base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}


class Behind:
    """A server behind a proxy, and a caller who knows the public name alone."""

    def __init__(self, folder: Path, port: int, context: ssl.SSLContext) -> None:
        self.folder, self.port = folder, port
        transport = httpx2.HTTPTransport(verify=context, local_address=CALLER)
        self.http = httpx2.Client(
            transport=transport, base_url=f"https://127.0.0.1:{port}", headers={"host": HOST}, timeout=30
        )

    def request(self, method: str, url: str, **options: object) -> httpx2.Response:
        """A request to the public URL, which reaches the proxy at its port."""
        path = url.removeprefix(ISSUER)
        extensions = {"sni_hostname": HOST}
        return self.http.request(method, path, extensions=extensions, **options)  # type: ignore[arg-type]

    def operate(self, *arguments: str, text: str = "") -> str:
        command = [sys.executable, "-m", "tokensmith", *arguments, "--settings", str(self.folder / "tokensmith.toml")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, input=text)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(params=list(KINDS))
def behind(request: pytest.FixtureRequest, tmp_path: Path, processes: Processes) -> Iterator[Behind]:
    """The server has the guide's two settings."""
    authority, backend = trustme.CA(), free_port()
    settings = f'issuer = "{ISSUER}"\ntrusted_proxies = ["127.0.0.1"]\ndatabase = "sqlite:///{tmp_path / "t.db"}"\n'
    (tmp_path / "tokensmith.toml").write_text(settings)
    server = processes.start(
        *(sys.executable, "-m", "tokensmith", "serve", "--port", str(backend)),
        *("--settings", tmp_path / "tokensmith.toml"),
    )
    wait_until_healthy(server, backend)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with proxy(request.param, backend=backend, authority=authority) as port:
        behind = Behind(tmp_path, port, context)
        with behind.http:
            yield behind


def test_a_proxy_does_what_the_server_needs(behind: Behind) -> None:
    """One server and one proxy for all of it: the address, the pages, DPoP, the sizes, the feed."""
    behind.operate("resource", "create", NOTES, "--scope", "notes:read")
    behind.operate("user", "create", "ada", "--password-stdin", text=f"{PASSWORD}\n")
    behind.operate("user", "grant", "ada", "notes:read", "--resource", NOTES)
    scope = ("--resource", NOTES, "--scope", "notes:read")
    behind.operate("client", "create", "web", "--redirect-uri", BACK, *scope)
    secret = behind.operate("client", "create", "robot", *scope)

    a_person_signs_in_with_cookies_of_the_public_host(behind)
    the_caller_is_known_by_its_own_address(behind)
    token = proofs_are_for_the_public_url(behind, secret)
    the_feed_speaks_at_once_and_goes_on(behind, token, secret)
    sizes_go_through_as_promised(behind)
    metrics_stay_inside(behind)
    a_path_arrives_as_it_was_sent(behind)


def a_person_signs_in_with_cookies_of_the_public_host(behind: Behind) -> None:
    """`__Host-` cookies, which browsers keep only from https; a form from the public origin is ours."""
    page = behind.request("GET", f"{ISSUER}/authorize?{urlencode(ASKED)}")
    while page.is_redirect:
        page = behind.request("GET", urljoin(ISSUER, page.headers["location"]))
    assert page.status_code == 200
    assert page.headers["strict-transport-security"]
    cookies = list(behind.http.cookies.jar)
    assert cookies
    assert {(part.name.startswith("__Host-"), part.secure) for part in cookies} == {(True, True)}
    form = Form.first_of(page.text)
    assert form is not None
    sent = {**form.fields, "username": "ada", "password": PASSWORD}
    answer = behind.request(
        "POST",
        urljoin(ISSUER, form.action or ""),
        data=sent,
        headers={"origin": ISSUER, "x-forwarded-for": "203.0.113.9"},
    )
    assert answer.is_redirect, answer.text


def the_caller_is_known_by_its_own_address(behind: Behind) -> None:
    """Neither the proxy's nor what the caller claimed to forward for."""
    events = [json.loads(line) for line in behind.operate("audit", "export").splitlines()]
    assert [event["source"] for event in events if event["event"] == "signed_in"] == [CALLER]


def proofs_are_for_the_public_url(behind: Behind, secret: str) -> str:
    """RFC 9449 §4.3: the URL that the client sees, not the one the proxy asks. The token that it brings."""
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": secret}

    def token(url: str) -> httpx2.Response:
        made = proof(htm="POST", htu=url, iat=int(time.time()), jti=secrets.token_hex())
        return behind.request("POST", f"{ISSUER}/token", data=form, headers={"dpop": made})

    answer = token(f"{ISSUER}/token")
    assert (answer.status_code, answer.json().get("token_type")) == (200, "DPoP"), answer.text
    for url in (f"https://127.0.0.1:{behind.port}/token", f"http://{HOST}/token"):
        assert token(url).json()["error"] == "invalid_dpop_proof"
    found: str = answer.json()["access_token"]
    return found


def the_feed_speaks_at_once_and_goes_on(behind: Behind, token: str, secret: str) -> None:
    """A revocation is heard of while the answer is still being sent."""
    options = {"extensions": {"sni_hostname": HOST}, "headers": {"accept": "text/event-stream"}}
    with behind.http.stream("GET", "/status/feed", timeout=PATIENCE, **options) as feed:  # type: ignore[arg-type]
        lines = (line for line in feed.iter_lines() if line.startswith("data:"))
        assert next(lines) == f"data: {ISSUER}/status/1"
        form = {"token": token, "client_id": "robot", "client_secret": secret}
        assert behind.request("POST", f"{ISSUER}/revoke", data=form).status_code == 200
        assert next(lines) == f"data: {ISSUER}/status/1"


def sizes_go_through_as_promised(behind: Behind) -> None:
    """Two large tokens in the head, a long state there and back, the largest body; nothing larger than that."""
    large = {"authorization": f"Bearer {'x' * 16_000}", "cookie": f"a={'y' * 30_000}"}
    refused = behind.request("GET", f"{ISSUER}/userinfo", headers=large)
    assert (refused.status_code, refused.headers["www-authenticate"][:6]) == (401, "Bearer")

    state = "s" * 12_000
    sent_back = behind.request("GET", f"{ISSUER}/authorize?{urlencode({**ASKED, 'prompt': 'none', 'state': state})}")
    assert sent_back.is_redirect, sent_back.status_code
    assert state in sent_back.headers["location"]

    bodies = [behind.request("POST", f"{ISSUER}/token", data={"a": "b" * size}) for size in (60_000, 70_000)]
    assert bodies[0].json()["error_id"]  # ours
    assert bodies[1].status_code in {400, 413}


def metrics_stay_inside(behind: Behind) -> None:
    assert behind.request("GET", f"{ISSUER}/metrics").status_code == 404


def a_path_arrives_as_it_was_sent(behind: Behind) -> None:
    """Our own 404 and not the proxy's: it did not stumble over an encoded slash."""
    answer = behind.request("GET", f"{ISSUER}/status/a%2Fb")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
