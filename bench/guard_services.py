"""The services of bench/guard_cost.py: ours and the package that users of a framework know, each with two routes."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import django
from django.conf import settings
from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
from litestar import Litestar, Request, get
from litestar.connection import ASGIConnection
from litestar.security.jwt import JWTAuth, Token
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.flask import Auth
from tokensmith.integrations.litestar import AuthPlugin, Requires
from tokensmith.integrations.starlette import AuthMiddleware, requires
from tokensmith.jose import Key, jwt

SECRET: Final = bytes(range(64))
ISSUER, AUDIENCE = "https://id.example", "https://api.example"
LIFETIME: Final = timedelta(hours=1)
KEY: Final = Key.from_secret(SECRET, alg="HS256", kid="k")
GUARD: Final = Guard(Issuer(ISSUER, audience=AUDIENCE, keys=KEY, algorithms={"HS256"}))
VERIFIER: Final = jwt.Verifier(KEY, issuer=ISSUER, audience=AUDIENCE, profile=jwt.ACCESS_TOKEN)
CLAIMS: Final[dict[str, Any]] = {"sub": "ada", "client_id": "web", "scope": "notes:read"}
TOKEN: Final = jwt.Signer(KEY, issuer=ISSUER, audience=AUDIENCE, lifetime=LIFETIME, typ="at+jwt").sign(CLAIMS)

ASGI_SCOPE: Final[dict[str, Any]] = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "https",
    "query_string": b"",
    "root_path": "",
    "extensions": {},
    "client": ("127.0.0.1", 5000),
    "server": ("127.0.0.1", 443),
}
WSGI_ENVIRON: Final[dict[str, Any]] = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "HTTP_HOST": "a",
    "SERVER_NAME": "a",
    "SERVER_PORT": "443",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "https",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}

Ask = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Service:
    """One protected application; *ask* sends one request for a path and looks at the status."""

    name: str
    ask: Ask


def asgi(name: str, app: Any, token: str) -> Service:
    """Step an ASGI application without an event loop: what a loop costs is not the guard's."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def request(path: str) -> None:
        status = 0

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)

        headers = [(b"host", b"api.example"), (b"authorization", b"Bearer " + token.encode())]
        scope = dict(ASGI_SCOPE, path=path, raw_path=path.encode(), headers=headers, state={})
        await app(scope, receive, send)
        if status != 200:
            raise RuntimeError(f"{name} answered {status} for {path}")

    def step(path: str) -> None:
        try:
            request(path).send(None)
        except StopIteration:
            return
        raise RuntimeError(f"{name} waits for something")

    return Service(name=name, ask=step)


def wsgi(name: str, app: Any, token: str) -> Service:
    """Call a WSGI application."""

    def ask(path: str) -> None:
        seen: list[str] = []
        environ = dict(WSGI_ENVIRON, PATH_INFO=path, HTTP_AUTHORIZATION=f"Bearer {token}")
        environ["wsgi.input"] = io.BytesIO()
        for _ in app(environ, lambda status, *_: seen.append(status)):
            pass
        if not seen[0].startswith("200"):
            raise RuntimeError(f"{name} answered {seen[0]} for {path}")

    return Service(name=name, ask=ask)


def starlette() -> Service:
    @requires("notes:read")
    async def closed(_request: Any) -> Any:
        return PlainTextResponse("x")

    async def opened(_request: Any) -> Any:
        return PlainTextResponse("x")

    async def verified(request: Any) -> Any:
        VERIFIER.verify(request.headers["authorization"][7:])
        return PlainTextResponse("x")

    bare = Starlette(routes=[Route("/open", opened), Route("/bare", verified)])
    guarded = AuthMiddleware(Starlette(routes=[Route("/closed", closed)]), guard=GUARD)

    async def both(scope: Any, receive: Any, send: Any) -> None:
        await (guarded if scope["path"] == "/closed" else bare)(scope, receive, send)

    return asgi("Starlette · tokensmith", both, TOKEN)


def litestar() -> list[Service]:
    @get("/open", opt={"exclude_from_auth": True}, sync_to_thread=False)
    def opened() -> str:
        return "x"

    @get("/closed", guards=[Requires("notes:read")], sync_to_thread=False)
    def closed(request: Request[Any, Any, Any]) -> str:
        return str(request.user.subject)

    @get("/closed", sync_to_thread=False)
    def theirs_closed(request: Request[Any, Any, Any]) -> str:
        return str(request.user)

    async def user(token: Token, _connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        return token.sub

    auth = JWTAuth[str](
        retrieve_user_handler=user,
        token_secret=SECRET.hex(),
        accepted_audiences=[AUDIENCE],
        accepted_issuers=[ISSUER],
    )
    token = auth.create_token("ada", token_expiration=LIFETIME, token_audience=AUDIENCE, token_issuer=ISSUER)
    bare = Litestar([opened], logging_config=None)
    ours = Litestar([closed], plugins=[AuthPlugin(GUARD)], logging_config=None)
    theirs = Litestar([theirs_closed], on_app_init=[auth.on_app_init], logging_config=None)

    def with_open(app: Any) -> Any:
        async def both(scope: Any, receive: Any, send: Any) -> None:
            await (app if scope["path"] == "/closed" else bare)(scope, receive, send)

        return both

    return [
        asgi("Litestar · tokensmith", with_open(ours), TOKEN),
        asgi("Litestar · JWTAuth", with_open(theirs), token),
    ]


def flask() -> list[Service]:
    ours, theirs, auth = Flask("ours"), Flask("theirs"), Auth(GUARD)
    theirs.config |= {
        "JWT_SECRET_KEY": SECRET.hex(),
        "JWT_ENCODE_ISSUER": ISSUER,
        "JWT_DECODE_ISSUER": ISSUER,
        "JWT_ENCODE_AUDIENCE": AUDIENCE,
        "JWT_DECODE_AUDIENCE": AUDIENCE,
    }
    JWTManager(theirs)
    for app in (ours, theirs):
        app.add_url_rule("/open", "open", lambda: "x")
    ours.add_url_rule("/closed", "closed", auth.require("notes:read")(lambda: auth.principal.subject))
    theirs.add_url_rule("/closed", "closed", jwt_required()(lambda: str(get_jwt_identity())))
    with theirs.app_context():
        token = create_access_token("ada", expires_delta=LIFETIME, additional_claims={"scope": "notes:read"})
    return [wsgi("Flask · tokensmith", ours, TOKEN), wsgi("Flask · flask-jwt-extended", theirs, token)]


def start_django(views: list[Any]) -> None:
    """Set up a project with these views; once per process."""
    settings.configure(
        SECRET_KEY="for measuring",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=type("urls", (), {"urlpatterns": views}),
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
        REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
        TOKENSMITH_GUARD=GUARD,
        SIMPLE_JWT={"SIGNING_KEY": SECRET.hex(), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE},
    )
    django.setup()


def drf() -> list[Service]:
    views: list[Any] = []
    start_django(views)
    # They read the settings when they are imported.
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415
    from rest_framework.permissions import IsAuthenticated  # noqa: PLC0415
    from rest_framework.response import Response  # noqa: PLC0415
    from rest_framework.views import APIView  # noqa: PLC0415
    from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication  # noqa: PLC0415
    from rest_framework_simplejwt.tokens import AccessToken  # noqa: PLC0415

    from tokensmith.integrations.drf import HasScope, TokenAuthentication  # noqa: PLC0415

    def view(authentication: list[Any], permission: list[Any]) -> Any:
        members = {"authentication_classes": authentication, "permission_classes": permission}
        get = {"get": lambda _self, _request: Response("x")}
        made: Any = type("View", (APIView,), members | get)
        return made.as_view()

    views += [
        path("open", view([], [])),
        path("ours/closed", view([TokenAuthentication], [HasScope("notes:read")])),
        path("theirs/closed", view([JWTStatelessUserAuthentication], [IsAuthenticated])),
    ]
    token = AccessToken()
    token["user_id"] = "ada"
    token.set_exp(lifetime=LIFETIME)
    application = WSGIHandler()
    return [
        wsgi("REST framework · tokensmith", closed_below("ours", application), TOKEN),
        wsgi("REST framework · simplejwt", closed_below("theirs", application), str(token)),
    ]


def closed_below(prefix: str, application: Any) -> Any:
    """Have "/closed" mean one of several protected routes of the same application."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/closed":
            environ["PATH_INFO"] = f"/{prefix}/closed"
        return application(environ, start_response)

    return app
