"""A person at a browser of a few lines: follows our redirects, fills in our forms, and stops where a client begins."""

import base64
import hashlib
from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.server.flows.world import PASSWORD
from tests.server.web.served import Served

APP: Final = "https://app.example/cb"
VERIFIER: Final = "v" * 43
CHALLENGE: Final = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REQUEST: Final = {
    "client_id": "web",
    "response_type": "code",
    "redirect_uri": APP,
    "scope": "openid profile notes:read",
    "state": "the state",
    "nonce": "the nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class Page(HTMLParser):
    """What a page asks: its form, and the text that stands on it."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.response = response
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.text = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        members = dict(attrs)
        if tag == "form":
            self.action = members["action"]
        elif tag == "input":
            self.fields[members["name"] or ""] = members.get("value") or ""
        elif tag == "a":
            self.links.append(members["href"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


class Visitor:
    """Somebody's browser."""

    def __init__(self, served: Served, **headers: str) -> None:
        self.served = served
        self.http = served.http()
        self.http.headers.update(headers)
        self.response: httpx2.Response

    async def __aenter__(self) -> Self:
        await self.http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.__aexit__(kind, error, trace)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return Page(self.response)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def title(self) -> str:
        """What is shown, by the path of its form or by its status."""
        return str(self.response.url.path) if self.status == 200 else str(self.status)

    @property
    def sent_to(self) -> str:
        """The URL at a client that the browser was sent to, less what was sent along."""
        return self.response.headers["location"].partition("?")[0]

    @property
    def told(self) -> dict[str, str]:
        """What the client is told."""
        return dict(parse_qsl(urlsplit(self.response.headers["location"]).query, strict_parsing=True))

    async def go(self, url: str, **options: Any) -> Self:
        """Open a page, and go where it leads as long as that is here."""
        self.response = await self.http.get(url, **options)
        return await self._follow()

    async def authorize(self, **changes: str | None) -> Self:
        """Come from a client; a change to None leaves a parameter out."""
        parameters = {name: value for name, value in {**REQUEST, **changes}.items() if value is not None}
        return await self.go("/authorize", params=parameters)

    async def submit(self, **fields: str) -> Self:
        """Send the form of the page that is shown."""
        page = self.page
        assert page.action is not None, page.text
        self.response = await self.http.post(page.action, data={**page.fields, **fields})
        return await self._follow()

    async def sign_in(self, name: str = "ada", password: str = PASSWORD) -> Self:
        self.served.world.pass_time(0.001)  # nobody types in no time
        return await self.submit(username=name, password=password)

    async def allow(self) -> Self:
        return await self.submit(decision="allow")

    async def signed_in(self, name: str = "ada", **changes: str | None) -> str:
        """Do all of it, and return the code."""
        await self.authorize(**changes)
        if self.status == 200 and "username" in self.page.fields:
            await self.sign_in(name)
        if self.status == 200:
            await self.allow()
        return self.told["code"]

    async def redeem(self, code: str, **changes: str | None) -> httpx2.Response:
        """Redeem a code as the client would."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": APP,
            "code_verifier": VERIFIER,
            **self.served.basic("web"),
            **changes,
        }
        return await self.served.post_form("/token", {key: value for key, value in form.items() if value is not None})

    async def _follow(self) -> Self:
        for _ in range(10):
            location = self.response.headers.get("location", "")
            if not location.startswith("/"):
                return self
            self.response = await self.http.get(location)
        raise AssertionError(f"no end to {self.response.url}")
