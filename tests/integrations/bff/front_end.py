"""A front end at a scripted authorization server, and a browser of a few lines."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from tests.client.scripted_server import ISSUER, ScriptedServer, token_answer
from tests.guard.scripted import ScriptedClock, ScriptedFetcher
from tokensmith.client import Client, SecretClient
from tokensmith.guard import RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff import Bff, MemorySessions, SessionStore
from tokensmith.jose.strict_json import JsonValue, parse_object

APP = "https://app.example"
SECRET = bytes(range(32))
OURS = {"Sec-Fetch-Site": "same-origin"}
METADATA: Mapping[str, JsonValue] = {
    "authorization_endpoint": f"{ISSUER}/authorize",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "end_session_endpoint": f"{ISSUER}/end",
}


class FrontEnd:
    """One front end, and one browser with its cookies; the sign-in asks for no ID token."""

    def __init__(self, *answers: object, sessions: SessionStore | None = None) -> None:
        self.server = ScriptedServer(*(answers or (signed_in(),)), metadata=METADATA)  # type: ignore[arg-type]
        self.server.outside.documents[f"{ISSUER}/revoke"] = token_answer()
        self.sessions = sessions or MemorySessions(monotonic=self.server.outside.monotonic)
        self.bff = Bff(
            Client(
                ISSUER,
                SecretClient("web", "hush", method="post"),
                fetcher=ScriptedFetcher(self.server.outside),
                monotonic=self.server.outside.monotonic,
            ),
            public_url=APP,
            secret=SECRET,
            scope="notes:read",
            resource="https://notes.test",
            sessions=self.sessions,
            clock=ScriptedClock(self.server.outside),
        )
        self.cookies: dict[str, str] = {}

    def facts(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> RequestFacts:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**({"Cookie": jar} if jar else {}), **(headers or {})}
        return RequestFacts.from_headers(sent, method=method, url=APP + path)

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        answer = self.bff.handle_sync(self.facts(method, path, headers))
        assert answer is not None
        for name, value in answer.headers:
            if name == "set-cookie":
                self.take(value)
        return answer

    def take(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if "Max-Age=0" in cookie:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def go_to_sign_in(self, return_to: str = "/") -> dict[str, str]:
        """What the authorization server is asked for."""
        answer = self.ask("GET", f"/bff/login?return_to={return_to}")
        assert answer.status == 303
        return dict(parse_qsl(urlsplit(dict(answer.headers)["location"]).query))

    def sign_in(self) -> Answer:
        asked = self.go_to_sign_in()
        return self.ask("GET", f"/bff/callback?code=c&state={asked['state']}")

    def token(self) -> str:
        return self.bff.token_sync(self.facts("GET", "/notes", OURS)).access_token

    def who(self) -> dict[str, object]:
        return dict(parse_object(self.ask("GET", "/bff/session").body))


def signed_in(token: str = "a", **members: JsonValue) -> object:
    return token_answer(token, **{"expires_in": 105, "refresh_token": f"r-{token}", **members})
