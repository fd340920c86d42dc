"""npm's `oidc-provider`: an authorization server of somebody else's, in a process of its own.

Pinned by hash and installed as npm's `jose` is; see tests/interop/provider/provider.mjs for what it offers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, Self
from urllib.parse import urljoin

import httpx2
import pytest

from tests.services import machine
from tests.services.npm_jose import find_node, find_npm, install, is_installed
from tests.services.processes import Processes, free_port
from tokensmith.jose import Key, strict_json

FOLDER: Final = Path(__file__).resolve().parents[1] / "interop" / "provider"
SECRET: Final = "the secret of a test, thirty-two bytes or more"
NOTES: Final = "https://notes.example"
_MOST_PAGES: Final = 10


class Form(HTMLParser):
    """The first form of a page: where it goes, and what is in it already."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._is_over = False

    @classmethod
    def first_of(cls, page: str) -> Self | None:
        form = cls()
        form.feed(page)
        return None if form.action is None else form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        members = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = members.get("action") or ""
        elif tag == "input" and not self._is_over and (name := members.get("name")):
            self.fields[name] = members.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._is_over |= tag == "form"


@dataclass(frozen=True)
class NpmProvider:
    """A running provider; *pages* is where an example in a process of its own may be reached by browsers."""

    issuer: str
    redirect_uri: str
    signer: Key
    pages: str

    def visit(self, url: str, name: str) -> str:
        """Sign *name* in with a browser of a few lines, say yes to everything, and return where that ends.

        That is the first URL at another server, which is not asked for, or the last page's own.
        """
        with httpx2.Client(follow_redirects=False, timeout=30) as browser:
            request = browser.build_request("GET", url)
            for _ in range(_MOST_PAGES * 2):
                if not str(request.url).startswith(self.issuer):
                    return str(request.url)
                page = browser.send(request)
                if page.next_request is not None:
                    request = page.next_request
                elif (form := Form.first_of(page.text)) is None:
                    return str(page.url)
                else:
                    fields = form.fields | {"login": name, "password": "any"}
                    request = browser.build_request("POST", urljoin(str(page.url), form.action or ""), data=fields)
        raise AssertionError(f"no end to {url}")


@pytest.fixture(scope="session")
def npm_provider() -> Iterator[NpmProvider]:
    """Start npm's provider for the whole run."""
    node = machine.need("Node.js", find_node, packages=("nodejs",))
    npm = machine.need("npm", find_npm, packages=("npm",))
    if not (is_installed(FOLDER) or install(npm, FOLDER)):
        machine.refuse("npm's oidc-provider is missing; npm ci --prefix tests/interop/provider")
    port, signer = free_port(), Key.generate("ES256")
    redirect_uri, pages = "https://app.example/bff/callback", f"http://localhost:{free_port()}"
    jwk = strict_json.encode(signer.public().to_jwk()).decode()
    with Processes() as processes:
        processes.start(
            node, FOLDER / "provider.mjs", str(port), f"{redirect_uri} {pages}/bff/callback", jwk, port=port
        )
        yield NpmProvider(f"http://127.0.0.1:{port}", redirect_uri, signer, pages)
