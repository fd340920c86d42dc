"""What the Django adapter does to forged requests, and with refusals that are the application's own."""

from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from tests.integrations import fixed_guard
from tests.integrations.contract import with_token
from tests.integrations.django_notes import project, subject, urls
from tests.integrations.django_project import AUTH_MIDDLEWARE, async_sender, sender
from tokensmith.guard import GuardError, Need
from tokensmith.guard.challenge import Answer
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.django import AuthMiddleware, require
from tokensmith.integrations.django.callers import configured_guard

TOKEN_REQUIRED = "tokensmith.integrations.django.TokenRequiredMiddleware"
SESSIONS = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"


def who(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.user.get_username()} {request.user.is_authenticated}")


# Forged requests.


def test_a_token_needs_no_cookie_against_forgery(issuer: FakeIssuer) -> None:
    """No page of another site makes a browser send one; who comes without stays under Django's check."""
    changed = {
        "ROOT_URLCONF": urls(("", who)),
        "MIDDLEWARE": [CSRF, AUTH_MIDDLEWARE],
        "TOKENSMITH_GUARD": issuer.guard(),
    }
    with override_settings(**changed):
        client = Client(enforce_csrf_checks=True)

        assert client.post("/", headers=issuer.headers()).status_code == 200
        assert client.post("/").status_code == 403


@pytest.mark.parametrize(("optional", "status"), [(False, 200), (True, 403)])
def test_require_without_the_middleware_needs_no_cookie_either(issuer: FakeIssuer, optional: bool, status: int) -> None:
    """Unless it lets strangers in, who may have a session."""
    view = require(optional=optional)(subject)
    changed = {"ROOT_URLCONF": urls(("", view)), "MIDDLEWARE": [CSRF], "TOKENSMITH_GUARD": issuer.guard()}
    with override_settings(**changed):
        assert Client(enforce_csrf_checks=True).post("/", headers=issuer.headers()).status_code == status


# Refusals of the application's own.


@pytest.mark.parametrize("make_sender", [sender, async_sender])
def test_a_refusal_that_a_view_raises_is_answered(issuer: FakeIssuer, make_sender: Any) -> None:
    def checks(request: Any) -> HttpResponse:
        Need("notes:write").check(request.principal)
        return HttpResponse("x")

    send = project(issuer, ("", checks), middleware=[AUTH_MIDDLEWARE], make_sender=make_sender)

    assert send("GET", "/", with_token(issuer.token())).json["error"] == "insufficient_scope"
    assert send("GET", "/", with_token(issuer.token(scope="notes:write"))).status == 200


def test_other_errors_stay_djangos(issuer: FakeIssuer) -> None:
    def breaks(request: HttpRequest) -> HttpResponse:
        raise LookupError

    send = project(issuer, ("", breaks), middleware=[AUTH_MIDDLEWARE], LOGGING_CONFIG=None)

    assert send("GET", "/", []).status == 500


def test_the_middleware_is_as_asynchronous_as_what_is_behind_it(issuer: FakeIssuer) -> None:
    """Django asks it which it is, and puts a thread between where the answer is wrong."""

    async def behind(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    assert iscoroutinefunction(AuthMiddleware(behind))
    assert not iscoroutinefunction(AuthMiddleware(who))


# Settings.


@pytest.mark.parametrize("guard", [None, "a guard", 7])
def test_a_project_without_a_guard_is_a_mistake(issuer: FakeIssuer, guard: Any) -> None:
    """And no pass."""
    with override_settings(TOKENSMITH_GUARD=guard), pytest.raises((ImproperlyConfigured, ImportError)):
        configured_guard()


def test_the_guard_may_be_named_by_its_path() -> None:
    with override_settings(TOKENSMITH_GUARD=f"{fixed_guard.__name__}.GUARD"):
        assert configured_guard() is fixed_guard.GUARD


def test_the_settings_are_read_for_each_request(issuer: FakeIssuer) -> None:
    """Bound when modules are loaded, they could not be overridden in tests."""
    other = FakeIssuer("https://other.test")
    view = require(who)
    for source in (issuer, other, issuer):
        send = project(source, ("", view), middleware=[AUTH_MIDDLEWARE])

        assert send("GET", "/", with_token(source.token(sub="ada"))).body == b"ada True"
        assert send("GET", "/", with_token((other if source is issuer else issuer).token())).status == 401


def in_own_form(request: HttpRequest, error: GuardError, answer: Answer) -> HttpResponse:
    return HttpResponse(f"no: {error.code}", status=answer.status, headers=dict(answer.headers[1:]))


@pytest.mark.parametrize("own", [in_own_form, f"{__name__}.in_own_form"], ids=["function", "path"])
@pytest.mark.parametrize("middleware", [[], [AUTH_MIDDLEWARE], [TOKEN_REQUIRED]])
def test_a_project_may_answer_in_its_own_form(issuer: FakeIssuer, own: Any, middleware: list[str]) -> None:
    reply = project(issuer, ("", require(who)), middleware=middleware, TOKENSMITH_REFUSED=own)("GET", "/", [])

    assert (reply.status, reply.body, reply.challenge) == (401, b"no: missing_token", "Bearer")


@pytest.mark.parametrize("middleware", [[], [AUTH_MIDDLEWARE], [TOKEN_REQUIRED]])
@pytest.mark.parametrize("authorization", [[], [("Authorization", "Bearer a.b.c")]])
def test_whatever_its_own_form_returns_the_view_does_not_run(
    issuer: FakeIssuer, middleware: list[str], authorization: Any
) -> None:
    """Elsewhere an error handler that returned instead of raising let the request in."""
    ran: list[str] = []

    def secret(request: HttpRequest) -> HttpResponse:
        ran.append("view")
        return HttpResponse("secret")

    views = ("", secret if middleware == [TOKEN_REQUIRED] else require(secret))
    send = project(issuer, views, middleware=middleware, TOKENSMITH_REFUSED=lambda *_: None, LOGGING_CONFIG=None)

    assert send("GET", "/", authorization).status == 500
    assert ran == []
