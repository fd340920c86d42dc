"""examples/bff in a real browser: somebody else's authorization server, and a service that asks it about tokens."""

import sys
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Page

from tests.examples.running import TOP
from tests.services.npm_provider import NOTES, SECRET, NpmProvider
from tests.services.processes import Processes
from tokensmith.client import SecretClient
from tokensmith.guard import Guard, Introspection, Issuer
from tokensmith.integrations import wsgi


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def service(npm_provider: NpmProvider) -> Iterator[str]:
    """A service behind the pages; its tokens say nothing themselves."""
    asking = Introspection(identity=SecretClient("robot", SECRET))
    guard = Guard(Issuer(npm_provider.issuer, audience=NOTES, introspection=asking))

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        principal = wsgi.verify(environ, "notes:read")
        start("200 OK", [("Content-Type", "text/plain")])
        return [f"A note of {principal.subject}".encode()]

    protected = wsgi.AuthMiddleware(answer, guard=guard)
    with make_server("127.0.0.1", 0, protected, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def pages(npm_provider: NpmProvider, service: str) -> Iterator[str]:
    port = int(urlsplit(npm_provider.pages).port or 0)
    with Processes() as processes:
        processes.start(
            *(sys.executable, TOP / "examples" / "bff" / "pages.py"),
            *("--issuer", npm_provider.issuer, "--client", "web", "--public-url", npm_provider.pages),
            *("--service", service, "--resource", NOTES, "--port", str(port)),
            environment={"CLIENT_SECRET": SECRET},
            port=port,
        )
        yield npm_provider.pages


def test_a_person_signs_in_reads_and_signs_out(page: Page, pages: str) -> None:
    """The session's cookie is Strict, and the way back from another site ends signed in all the same."""
    page.goto(pages)
    page.get_by_text("Nobody is signed in").wait_for()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_placeholder("Enter any login").fill("ada")
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()

    page.get_by_text("Signed in as ada").wait_for()
    page.get_by_text("A note of ada").wait_for()
    (cookie,) = page.context.cookies(pages)
    assert cookie["name"].startswith("__Host-Http-")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    assert page.evaluate("document.cookie") == ""
    page.reload()
    page.get_by_text("A note of ada").wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.get_by_text("Nobody is signed in").wait_for()
    assert page.context.cookies(pages) == []


def test_another_sites_page_gets_nothing(page: Page, pages: str) -> None:
    """It is sent no cookie, reads no answer, and starts nothing."""
    other = pages.replace("localhost", "127.0.0.1")
    page.goto(f"{other}/")
    blocked = page.evaluate(
        "(url) => fetch(url, {method: 'POST', credentials: 'include'}).then(() => 'read', () => 'blocked')",
        f"{pages}/bff/logout",
    )

    assert blocked == "blocked"
