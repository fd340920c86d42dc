"""Our own token server in a process of its own, with its demo, for clients and browsers of all kinds."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import httpx2
import pytest

from tests.server.web.live import Live, one_server
from tests.services.npm_provider import Form

AUDIENCE: Final = "http://127.0.0.1:8001"
BACK: Final = "https://app.example/callback"
_MOST_PAGES: Final = 10


@dataclass(frozen=True)
class TokenServer:
    """A running server."""

    live: Live

    @property
    def issuer(self) -> str:
        return self.live.issuer

    def password(self, name: str) -> str:
        found: str = self.live.demo["people"][name]
        return found

    def operate(self, *arguments: str) -> str:
        """Run an operator's command on its database; what it prints."""
        command = [sys.executable, "-m", "tokensmith", *arguments, "--database", self.live.database]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make_client(self, name: str, *options: str, uri: str = BACK) -> str:
        """Make a client that signs people in, for the demo's notes; its secret, "" for a public one."""
        scopes = ("--resource", AUDIENCE, "--scope", "notes:read", "--scope", "notes:write")
        return self.operate("client", "create", name, "--redirect-uri", uri, *scopes, *options)

    def visit(self, url: str, name: str, **answers: Any) -> str:
        """Sign *name* in with a browser of a few lines, say yes to everything, and return where that ends.

        That is the first URL at another server, which is not asked for, or the last page's own.
        """
        known = {"username": name, "password": self.password(name), "decision": "allow", **answers}
        with httpx2.Client(follow_redirects=False, timeout=30) as browser:
            request = browser.build_request("GET", url)
            for _ in range(_MOST_PAGES):
                if not str(request.url).startswith(self.issuer):
                    return str(request.url)
                page = browser.send(request)
                if page.next_request is not None:
                    request = page.next_request
                elif (form := Form.first_of(page.text)) is None:
                    return str(page.url)
                else:
                    action = urljoin(str(page.url), form.action or "")
                    request = browser.build_request("POST", action, data={**form.fields, **known})
        raise AssertionError(f"no end to {url}")


@pytest.fixture(scope="session")
def token_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenServer]:
    """Start one for the whole run."""
    with one_server(tmp_path_factory.mktemp("token_server")) as live:
        yield TokenServer(live)
