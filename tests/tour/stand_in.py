"""A token server and a notes service in two threads, real HTTP, as small as the tour can tell from the real ones.

It behaves, unless told of a flaw: then it does one thing wrong, and the tour has to notice. Its time is its own and
only passes when somebody sleeps.
"""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from tokensmith.jose import JoseError, Key, KeySet, jwt
from tokensmith.tour.exchange import Request
from tokensmith.tour.page import Entry, Pace, Remark
from tokensmith.tour.steps import STEPS, Step
from tokensmith.tour.visit import Place, Visit
from tokensmith.tour.walk import Outcome, Result, walk

START = 1_800_000_000.0
SECRET = "s:c r+t"
Answer = tuple[int, Mapping[str, str], Mapping[str, object] | None]


@dataclass
class Time:
    """Passes when somebody sleeps."""

    passed: float = 0

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def now(self) -> float:
        return START + self.passed

    def pace(self) -> Pace:
        return Pace(sleep=self.sleep, monotonic=lambda: self.passed, now=self.now)


@dataclass
class Family:
    """One sign-in: every refresh token it ever had, the last of which is current."""

    refresh: list[str] = field(default_factory=list)
    rotated_at: float = 0
    revoked_at: float | None = None


def handler_of(side: Callable[[str, Mapping[str, str], str], Answer]) -> type[BaseHTTPRequestHandler]:
    """Let one side answer what comes in over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, headers, members = side(f"{self.command} {self.path}", dict(self.headers), body)
            content = b"" if members is None else json.dumps(members).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 -- the name http.server looks for

        def log_message(self, *_: object) -> None: ...

    return Handler


class StandIn:
    """Both services; *flaws* are what they do wrong."""

    def __init__(self, *flaws: str) -> None:
        self.flaws = frozenset(flaws)
        self.time = Time()
        self.key = Key.generate("ES256")
        self.families: list[Family] = []
        self.newest = ""
        sides = (self.issue, self.serve)
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler_of(side)) for side in sides]
        self.issuer, self.notes = (f"http://127.0.0.1:{server.server_address[1]}" for server in self.servers)
        for server in self.servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def place(self) -> Place:
        return Place(
            issuer=self.issuer,
            notes=self.notes,
            audience=self.notes,
            user="ada",
            password="right",
            short_client=("demo-short", SECRET),
        )

    # The token server.

    def issue(self, route: str, headers: Mapping[str, str], body: str) -> Answer:
        match route:
            case "GET /.well-known/oauth-authorization-server":
                return 200, {}, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"}
            case "GET /readyz":
                return 200, {}, None
            case "GET /jwks":
                return 200, {}, dict(KeySet([self.key.public()]).to_jwks())
            case "POST /api/login":
                return self.sign_in(json.loads(body))
            case "POST /api/logout":
                return self.sign_out(json.loads(body))
            case "POST /token":
                return self.refresh(dict(parse_qsl(body))) if "client_id" in body else self.short_token(headers)
        raise AssertionError(f"the tour asked for {route}")

    def sign_in(self, members: Mapping[str, str]) -> Answer:
        if "no sign-in" in self.flaws or members["password"] != "right":
            return 401, {}, {"error": "invalid_credentials"}
        family = Family(refresh=[f"tsr_{secrets.token_urlsafe(30)}"])
        self.families.append(family)
        return self.token_answer(family)

    def token_answer(self, family: Family) -> Answer:
        members = {
            "access_token": self.token(family=self.families.index(family), lifetime=900),
            "token_type": "Bearer",
            "expires_in": 900,
            "refresh_token": family.refresh[-1],
        }
        if "no access token" in self.flaws:
            del members["access_token"]
        return 200, {} if "cached" in self.flaws else {"Cache-Control": "no-store"}, members

    def token(self, *, family: int, lifetime: int) -> str:
        audience = "http://elsewhere" if "other audience" in self.flaws else self.notes
        claims = {"sub": "u1", "scope": "notes:read", "status": {"status_list": {"idx": family, "uri": self.issuer}}}
        typ = "JWT" if "other type" in self.flaws else "at+jwt"
        self.newest = jwt.sign(
            claims, self.key, issuer=self.issuer, audience=audience, lifetime=lifetime, typ=typ, clock=self.time
        )
        return self.newest

    def sign_out(self, members: Mapping[str, str]) -> Answer:
        if "no sign-out" in self.flaws:
            return 500, {}, None
        self.find(members["refresh_token"]).revoked_at = self.time.now()
        return 204, {}, None

    def find(self, token: str) -> Family:
        return next(family for family in self.families if token in family.refresh)

    def refresh(self, form: Mapping[str, str]) -> Answer:
        family = self.find(form["refresh_token"])
        back = len(family.refresh) - 1 - family.refresh.index(form["refresh_token"])
        refused = f"refresh {len(family.refresh)}, {back} back, refused" in self.flaws
        if refused or (family.revoked_at is not None and "revoked is renewed" not in self.flaws):
            return 400, {}, {"error": "invalid_grant"}
        if back == 0 or (back == 1 and "new successor each time" in self.flaws):
            if "not rotated" not in self.flaws:
                family.refresh.append(f"tsr_{secrets.token_urlsafe(30)}")
            family.rotated_at = self.time.now()
        elif back > 1 and self.time.now() - family.rotated_at > 1 and "reuse unnoticed" not in self.flaws:
            if "reuse only refused" not in self.flaws:
                family.revoked_at = self.time.now()
            return 400, {}, {"error": "invalid_grant"}
        return self.token_answer(family)

    def short_token(self, headers: Mapping[str, str]) -> Answer:
        expected = base64.b64encode(b"demo-short:s%3Ac+r%2Bt").decode()
        if headers["Authorization"] != f"Basic {expected}":
            return 401, {}, {"error": "invalid_client"}
        lifetime = 600 if "long short token" in self.flaws else 2
        self.families.append(Family())
        token = self.token(family=len(self.families) - 1, lifetime=lifetime)
        return 200, {}, {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}

    # The notes service.

    def serve(self, route: str, headers: Mapping[str, str], _body: str) -> Answer:
        if "everybody in" in self.flaws or route == "GET /openapi.json":
            return 200, {}, None
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return self.refusal(401, 'error="invalid_token"' if "wordy challenge" in self.flaws else "")
        if not self.is_good(token):
            return self.refusal(401, 'error="invalid_token"')
        if route.startswith("POST"):
            scope = "" if "scope unnamed" in self.flaws else ', scope="notes:write"'
            return self.refusal(401 if "no 403" in self.flaws else 403, f'error="insufficient_scope"{scope}')
        return 200, {}, None

    def refusal(self, status: int, parameters: str) -> Answer:
        headers = {} if "no challenge" in self.flaws else {"WWW-Authenticate": f"Bearer {parameters}".rstrip()}
        return status, headers, None

    def is_good(self, token: str) -> bool:
        if "unsigned in" in self.flaws and token.endswith("."):
            return True
        keys = self.key.public()
        leeway = 60 if "expired in" in self.flaws else 0
        try:
            verified = jwt.verify(
                token, keys, issuer=self.issuer, audience=self.notes, typ="at+jwt", leeway=leeway, clock=self.time
            )
        except JoseError:
            return "forged in" in self.flaws and not token.endswith(".")
        match verified.claims["status"]:
            case {"status_list": {"idx": int(index)}}:
                revoked_at = self.families[index].revoked_at
            case _:
                return False
        delay = 6 if "hears late" in self.flaws else 2
        if "earlier tokens forgotten" in self.flaws and token != self.newest:
            return True
        return revoked_at is None or self.time.now() < revoked_at + delay


def outcomes(*flaws: str) -> dict[str, Outcome]:
    """Walk the whole tour through services with these flaws; what became of each step, by its title."""
    with standing_in(*flaws) as services:
        results = walk(STEPS, Visit(services.place()), guide=Silent(), pace=services.time.pace())
    return {result.title: result.outcome for result in results}


def not_held(*flaws: str) -> dict[str, Outcome]:
    """Keep of that what did not hold."""
    return {title: outcome for title, outcome in outcomes(*flaws).items() if outcome != "held"}


@contextmanager
def standing_in(*flaws: str) -> Iterator[StandIn]:
    """Both services, for as long as the context lasts."""
    services = StandIn(*flaws)
    try:
        yield services
    finally:
        services.close()


class Silent:
    """A guide that shows nothing and keeps what it was told."""

    def __init__(self) -> None:
        self.entries: list[Entry | Request] = []

    def begin(self, number: int, step: Step) -> None: ...

    def sending(self, request: Request) -> None:
        self.entries.append(request)

    def entry(self, entry: Entry) -> None:
        self.entries.append(entry)

    @contextmanager
    def waiting(self, why: str) -> Iterator[None]:
        self.entries.append(Remark(why))
        yield

    def end(self, result: Result) -> None: ...
