"""A protected service in this process, in front of a real token server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.server.web.live import Live
from tokensmith.client import Client, PublicClient, SecretClient
from tokensmith.guard import Guard, Issuer, SenderConstraint
from tokensmith.integrations import asgi, wsgi

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

JOB = "demo-short"


def job(live: Live, **options: Any) -> Client:
    """The demo's client, whose tokens are good for 2 s."""
    return Client(live.issuer, SecretClient(JOB, live.demo["clients"][JOB]), **options)


def tool(live: Live, **options: Any) -> Client:
    return Client(live.issuer, PublicClient("first-party"), **options)


def signed_in(live: Live) -> str:
    """Ada's refresh token."""
    body = {"username": "ada", "password": live.demo["people"]["ada"]}
    token: str = httpx2.post(f"{live.issuer}/api/login", json=body).raise_for_status().json()["refresh_token"]
    return token


@dataclass
class Notes:
    """The demo's service; *refuses* is its own deny rule, by token id."""

    live: Live
    sender: SenderConstraint = field(default_factory=SenderConstraint)
    refuses: set[str] = field(default_factory=set)
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url: str = self.live.demo["audience"]
        self.guard = Guard(
            Issuer(self.live.issuer, audience=self.url),
            public_url=self.url,
            sender=self.sender,
            revoked=lambda principal: principal.claims["jti"] in self.refuses,
        )

    def application(self) -> wsgi.AuthMiddleware:
        def answer(environ: dict[str, Any], start: "StartResponse") -> list[bytes]:
            principal = wsgi.principal_of(environ)
            start("200 OK", [("Content-Type", "text/plain")])
            return [str(principal.client_id if principal else None).encode()]

        return wsgi.AuthMiddleware(answer, guard=self.guard)

    def over_wsgi(self) -> httpx2.WSGITransport:
        return httpx2.WSGITransport(self.application())

    def over_asgi(self) -> httpx2.ASGITransport:
        async def answer(request: Request) -> JSONResponse:
            principal = asgi.principal_of(request.scope)
            return JSONResponse(principal.client_id if principal else None)

        app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
        return httpx2.ASGITransport(asgi.AuthMiddleware(app, guard=self.guard))

    def noting(self) -> dict[str, list[Callable[[httpx2.Request], None]]]:
        """An event hook of httpx2 that notes what is sent; for requests that go elsewhere, too."""
        return {"request": [lambda request: self.asked.append(dict(request.headers))]}
