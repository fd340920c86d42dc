"""The pages in a real browser: with scripts and without, by mouse and by keyboard, narrow, dark, in both languages."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from tests.server.web.visitor import CHALLENGE
from tests.services.token_server import AUDIENCE, TokenServer

# A picture of one point.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LONG = "DE02100100109307118603" * 4
PAYMENTS = [{"type": "payment", "amount": {"currency": "EUR", "value": "123.50"}, "creditor": LONG}]


class Client(BaseHTTPRequestHandler):
    """Shows what it was sent."""

    def do_GET(self) -> None:
        self._answer(self.path.encode())

    def do_POST(self) -> None:
        self._answer(b"posted " + self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def back(token_server: TokenServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A client's address, which answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Client) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        uri = f"http://localhost:{server.server_port}/callback"
        token_server.make_client("e2e", "--title", "The Notes", "--after-sign-out", uri, uri=uri)
        tv = ("client", "create", "e2e-tv", "--public", "--device", "--resource", AUDIENCE, "--scope", "notes:read")
        token_server.operate(*tv)
        logo = tmp_path_factory.mktemp("logo") / "logo.png"
        logo.write_bytes(PNG)
        token_server.operate("client", "logo", "e2e", str(logo))
        payment = ("Pay somebody", "--member", "amount", "--member", "creditor")
        token_server.operate("resource", "details", AUDIENCE, "payment", *payment)
        token_server.operate("client", "allow-details", "e2e", "payment")
        yield uri
        server.shutdown()


class Person:
    """Somebody at a browser of some kind."""

    def __init__(self, chromium: Browser, server: TokenServer, back: str, **context: Any) -> None:
        self.server, self.back = server, back
        self.page = chromium.new_context(**context).new_page()
        self.page.set_default_timeout(15_000)

    def begin(self, **changes: str) -> Page:
        parameters = {
            "client_id": "e2e",
            "response_type": "code",
            "redirect_uri": self.back,
            "scope": "openid profile email notes:read",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "resource": AUDIENCE,
            "prompt": "login consent",
            **changes,
        }
        self.page.goto(f"{self.server.issuer}/authorize?{urlencode(parameters)}")
        return self.page

    def type_in(self, name: str = "ada", password: str | None = None) -> None:
        self.page.locator("#username").fill(name)
        self.page.locator("#password").fill(password or self.server.password(name))

    @property
    def told(self) -> dict[str, str]:
        """What the client got."""
        self.page.wait_for_url(f"{self.back}**")
        return dict(parse_qsl(urlsplit(self.page.url).query))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_signs_in_by_mouse(chromium: Browser, token_server: TokenServer, back: str, scripts: bool) -> None:
    """The policy lets the forms lead to the client, and the cookies come along; a wrong password first."""
    person = Person(chromium, token_server, back, java_script_enabled=scripts)
    page = person.begin()
    person.type_in(password="wrong password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").get_by_text("The user name or the password is wrong.").wait_for()
    person.type_in()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Allow access?").wait_for()
    page.get_by_role("button", name="Allow").click()

    assert {"code", "state", "iss"} == person.told.keys()


def test_a_person_signs_in_by_keyboard_alone(chromium: Browser, token_server: TokenServer, back: str) -> None:
    """The first field has the focus; every step is a key."""
    person = Person(chromium, token_server, back)
    page = person.begin()
    # It has it as soon as the page is drawn, which may be after it was loaded.
    page.locator("#username:focus").wait_for()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(token_server.password("ada"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Allow access?").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert "code" in person.told


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_is_posted(chromium: Browser, token_server: TokenServer, back: str, scripts: bool) -> None:
    """By itself where scripts are on: the page's policy knows its one script; by a button elsewhere."""
    person = Person(chromium, token_server, back, java_script_enabled=scripts)
    page = person.begin(response_mode="form_post")
    person.type_in()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow").click()
    if not scripts:
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url(back)

    assert page.get_by_text("posted code=").count() == 1


def test_single_sign_on_and_off(chromium: Browser, token_server: TokenServer, back: str) -> None:
    """Signed in once, asked nothing more, until one signs out."""
    person = Person(chromium, token_server, back)
    page = person.begin()
    person.type_in()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{back}**")
    person.begin(prompt="none")
    assert "code" in person.told
    page.goto(f"{token_server.issuer}/logout")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    person.begin(prompt="none")
    assert person.told["error"] == "login_required"


def walk(person: Person) -> Iterator[Page]:
    """Every page there is, one after the other; with a picture, and with a payment to be allowed."""
    server, page = person.server, person.begin(authorization_details=json.dumps(PAYMENTS))
    assert page.locator(".logo").evaluate("image => image.naturalWidth") == 1
    yield page
    person.type_in(password="wrong password")
    page.keyboard.press("Enter")
    page.locator("#problem").wait_for()
    yield page
    person.type_in()
    page.keyboard.press("Enter")
    page.locator(".scopes").wait_for()
    page.get_by_text("Pay somebody").wait_for()
    yield page
    asked = httpx2.post(f"{server.issuer}/device_authorization", data={"client_id": "e2e-tv", "scope": "notes:read"})
    page.goto(asked.raise_for_status().json()["verification_uri_complete"])
    yield page
    page.locator("button.primary").click()
    page.locator(".scopes").wait_for()
    yield page
    with page.expect_navigation():
        page.locator("button.primary").click()
    yield page
    page.goto(f"{server.issuer}/logout?client_id=e2e")
    yield page
    with page.expect_navigation():
        page.locator("button.primary").click()
    yield page
    page.goto(f"{server.issuer}/authorize?client_id=nobody")
    yield page


@pytest.mark.parametrize("look", [("light", "en"), ("dark", "en"), ("light", "de"), ("dark", "de")])
def test_axe_finds_nothing(
    chromium: Browser, token_server: TokenServer, back: str, axe: str, look: tuple[Any, str]
) -> None:
    """WCAG 2.2 A and AA, best practices too, on every page, 320 px wide; and nothing is wider than that."""
    scheme, language = look
    size = {"width": 320, "height": 640}
    person = Person(chromium, token_server, back, color_scheme=scheme, locale=language, viewport=size, bypass_csp=True)
    seen = 0
    for page in walk(person):
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((found) => found.violations.map((each) => each.id + ' ' + each.help))")
        assert found == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        assert page.locator("html").get_attribute("lang") == language
        seen += 1
    assert seen == 9


def test_nothing_is_loaded_from_elsewhere(chromium: Browser, token_server: TokenServer, back: str) -> None:
    """P25: and no page breaks its own policy."""
    person = Person(chromium, token_server, back)
    asked: list[str] = []
    complaints: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.on("console", lambda message: complaints.append(message.text))
    for _ in walk(person):
        pass

    assert {urlsplit(url).netloc for url in asked} == {urlsplit(token_server.issuer).netloc}
    assert [text for text in complaints if "status of" not in text] == []


def test_axe_would_find_something(page: Page, axe: str) -> None:
    """A field without a label, on a page without a language."""
    page.set_content("<main><h1>x</h1><input></main>")
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((found) => found.violations.map((each) => each.id))")

    assert {"label", "html-has-lang", "document-title"} <= set(found)
