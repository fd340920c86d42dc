"""A need that asks for more than scopes goes through every synchronous adapter as it is (RFC 9470)."""

import time
from typing import Any

import pytest
from django.http import HttpResponse
from flask import Flask
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.integrations.contract import Send, with_token
from tests.integrations.django_notes import project
from tests.integrations.django_project import async_sender
from tests.integrations.wsgi_client import sender
from tokensmith.guard import Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.django import require
from tokensmith.integrations.drf import HasScope, TokenAuthentication
from tokensmith.integrations.flask import Auth
from tokensmith.integrations.wsgi import AuthMiddleware, verify

RECENT_OWNER = Need(any_of={"notes", "notes:write"}, roles={"owner"}, max_age=300)


def wsgi(issuer: FakeIssuer) -> Send:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        verify(environ, RECENT_OWNER)
        start_response("200 OK", [])
        return [b"x"]

    return sender(AuthMiddleware(app, guard=issuer.guard()))


def flask(issuer: FakeIssuer) -> Send:
    app, auth = Flask(__name__), Auth(issuer.guard())
    app.get("/")(auth.require(RECENT_OWNER)(lambda: "x"))
    return sender(app)


def django(issuer: FakeIssuer) -> Send:
    return project(issuer, ("", require(RECENT_OWNER)(lambda request: HttpResponse("x"))), middleware=[])


def django_asynchronous(issuer: FakeIssuer) -> Send:
    @require(RECENT_OWNER)
    async def view(request: Any) -> HttpResponse:
        return HttpResponse("x")

    return project(issuer, ("", view), middleware=[], make_sender=async_sender)


def drf(issuer: FakeIssuer) -> Send:
    class Recent(APIView):
        authentication_classes = (TokenAuthentication,)
        permission_classes = (HasScope(RECENT_OWNER),)  # type: ignore[assignment]

        def get(self, request: Any) -> Response:
            return Response("x")

    return project(issuer, ("", Recent.as_view()), middleware=[])


@pytest.mark.parametrize("make", [wsgi, flask, django, django_asynchronous, drf])
def test_whatever_a_need_asks_for_is_asked(make: Any) -> None:
    """P97: A good token of somebody who signed in long ago is sent back to sign in again, and not away."""
    issuer = FakeIssuer()
    send, now = make(issuer), int(time.time())
    good: dict[str, Any] = {"scope": "notes", "roles": ["owner"], "auth_time": now - 10}

    assert send("GET", "/", with_token(issuer.token(**good))).status == 200
    assert send("GET", "/", with_token(issuer.token(**good | {"scope": "other"}))).status == 403
    assert send("GET", "/", with_token(issuer.token(**good | {"roles": ["guest"]}))).status == 403
    again = send("GET", "/", with_token(issuer.token(**good | {"auth_time": now - 3600})))
    assert again.status == 401
    assert 'error="insufficient_user_authentication"' in (again.challenge or "")
    assert 'max_age="300"' in (again.challenge or "")
