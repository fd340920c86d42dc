"""The Django adapter, against the real Django: the contract, with and without the middleware, on WSGI and on ASGI."""

from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required, login_required, permission_required
from django.http import HttpRequest, HttpResponse

from tests.integrations import django_notes
from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService, with_token
from tests.integrations.cookies import CookieContract
from tests.integrations.django_notes import project
from tests.integrations.django_project import AUTH_MIDDLEWARE, application, async_sender, sender
from tests.integrations.publishing import PublishingContract
from tests.integrations.wsgi_client import serving
from tokensmith.guard.testing import FakeIssuer

TOKEN_REQUIRED = "tokensmith.integrations.django.TokenRequiredMiddleware"
SESSIONS = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
# How a project may be put together: who sends, which views, which middleware.
PROJECTS: dict[str, tuple[Any, Any, list[str]]] = {
    "WSGI": (sender, django_notes.SYNC, [AUTH_MIDDLEWARE]),
    "WSGI, asynchronous views": (sender, django_notes.ASYNC, [AUTH_MIDDLEWARE]),
    "ASGI": (async_sender, django_notes.ASYNC, [AUTH_MIDDLEWARE]),
    "ASGI, synchronous views": (async_sender, django_notes.SYNC, [AUTH_MIDDLEWARE]),
    "WSGI without the middleware": (sender, django_notes.SYNC, []),
    "ASGI without the middleware": (async_sender, django_notes.ASYNC, []),
    "WSGI, closed by default": (sender, django_notes.SYNC, [TOKEN_REQUIRED]),
    "ASGI, closed by default": (async_sender, django_notes.ASYNC, [TOKEN_REQUIRED]),
    "WSGI with sessions and CSRF": (sender, django_notes.SYNC, [*SESSIONS, CSRF, AUTH_MIDDLEWARE, LOGIN_REQUIRED]),
    "ASGI with sessions and CSRF": (
        async_sender,
        django_notes.ASYNC,
        [*SESSIONS, CSRF, AUTH_MIDDLEWARE, LOGIN_REQUIRED],
    ),
}


class TestDjango(AdapterContract, BoundTokensContract, CookieContract):
    @pytest.fixture(params=list(PROJECTS.values()), ids=list(PROJECTS))
    def make_service(self, request: pytest.FixtureRequest) -> MakeService:
        make_sender, views, middleware = request.param
        return lambda guard: make_sender(ROOT_URLCONF=views, MIDDLEWARE=middleware, TOKENSMITH_GUARD=guard)


class TestPublishing(PublishingContract):
    """Where one of the middlewares is."""

    @pytest.fixture(
        params=[each for each in PROJECTS.values() if each[2]], ids=[name for name in PROJECTS if PROJECTS[name][2]]
    )
    def make_service(self, request: pytest.FixtureRequest) -> MakeService:
        make_sender, views, middleware = request.param
        return lambda guard: make_sender(ROOT_URLCONF=views, MIDDLEWARE=middleware, TOKENSMITH_GUARD=guard)


def test_two_headers_over_a_socket_are_refused(issuer: FakeIssuer) -> None:
    """A real server joins them; the whole way from the wire to the answer."""
    header = with_token(issuer.token(scope="notes:read"))
    settings = {"ROOT_URLCONF": django_notes.SYNC, "MIDDLEWARE": [AUTH_MIDDLEWARE], "TOKENSMITH_GUARD": issuer.guard()}
    with application(**settings) as app, serving(app) as send:
        assert send("GET", "/notes", header).status == 200
        assert send("GET", "/notes", [*header, *header]).status == 401
        assert send("GET", "/open", [("Authorization", "Basic YTpi"), *header]).status == 401


# Where Django looks for users.


def who(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.user.get_username()} {request.user.is_authenticated}")


@login_not_required
def open_to_all(request: HttpRequest) -> HttpResponse:
    return who(request)


async def who_async(request: Any) -> HttpResponse:
    user = await request.auser()
    return HttpResponse(f"{user.get_username()} {user.is_authenticated} {user == request.user}")


@pytest.mark.parametrize("before", [[], SESSIONS], ids=["alone", "behind sessions"])
def test_django_finds_its_user(issuer: FakeIssuer, before: list[str]) -> None:
    """With Django's own middleware before it and without."""
    send = project(issuer, ("", who), middleware=[*before, AUTH_MIDDLEWARE])

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True"
    assert send("GET", "/", []).body == b" False"


def test_without_a_token_the_user_stays_as_django_left_it(issuer: FakeIssuer) -> None:
    """People with a session do not lose it for want of a token."""
    send = project(issuer, ("", who), middleware=["tests.integrations.signed_in.SignedIn", AUTH_MIDDLEWARE])

    assert send("GET", "/", []).body == b"by session True"
    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True"


def test_django_finds_its_user_asynchronously(issuer: FakeIssuer) -> None:
    send = project(issuer, ("", who_async), middleware=[AUTH_MIDDLEWARE], make_sender=async_sender)

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True True"
    assert send("GET", "/", []).body == b" False True"


def test_login_required_lets_a_token_in(issuer: FakeIssuer) -> None:
    """Strangers go where Django sends them."""
    send = project(issuer, ("", login_required(who)), middleware=[*SESSIONS, AUTH_MIDDLEWARE])

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True"
    assert send("GET", "/", []).headers["location"] == "/sign-in?next=/"


@pytest.mark.parametrize("make_sender", [sender, async_sender])
def test_djangos_login_required_middleware_lets_a_token_in(issuer: FakeIssuer, make_sender: Any) -> None:
    """And `login_not_required` opens what it opened."""
    views = (("", who), ("open", open_to_all))
    middleware = [*SESSIONS, AUTH_MIDDLEWARE, LOGIN_REQUIRED]
    send = project(issuer, *views, middleware=middleware, make_sender=make_sender)

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True"
    assert send("GET", "/", []).status == 302
    assert send("GET", "/open", []).status == 200


def test_a_token_has_no_permissions_of_djangos(issuer: FakeIssuer) -> None:
    """Whatever its scopes are called."""
    send = project(issuer, ("", permission_required("notes.read")(who)), middleware=[*SESSIONS, AUTH_MIDDLEWARE])

    assert send("GET", "/", with_token(issuer.token(scope="notes.read"))).status == 302


# Closed by default.


@pytest.mark.parametrize("make_sender", [sender, async_sender])
def test_a_view_that_nobody_opened_is_closed(issuer: FakeIssuer, make_sender: Any) -> None:
    views = (("", who), ("open", open_to_all))
    send = project(issuer, *views, middleware=[TOKEN_REQUIRED], make_sender=make_sender)

    assert (send("GET", "/", []).status, send("GET", "/", []).challenge) == (401, "Bearer")
    assert send("GET", "/", with_token(issuer.token(sub="ada"))).body == b"ada True"
    assert send("GET", "/open", []).status == 200
    assert send("GET", "/open", with_token(issuer.token(flaw="expired"))).status == 401
