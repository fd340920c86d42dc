"""The back end for front ends in Django, synchronous and asynchronous."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.integrations.bff.adapter_contract import APP, AdapterContract, MakeBrowser
from tests.integrations.django_project import prepare
from tests.services.npm_provider import NOTES
from tokensmith.integrations.bff import Bff
from tokensmith.integrations.bff.django import (
    aheaders_for,
    asession_of,
    configured_bff,
    headers_for,
    session_of,
)

MIDDLEWARE = ["tokensmith.integrations.bff.django.BffMiddleware"]

prepare()


def notes(request: HttpRequest) -> HttpResponse:
    return JsonResponse(headers_for(request, "GET", f"{NOTES}/notes"))


def page(request: HttpRequest) -> HttpResponse:
    session = session_of(request)
    return HttpResponse("nobody" if session is None else str(session.claims["sub"]))


async def anotes(request: HttpRequest) -> HttpResponse:
    return JsonResponse(await aheaders_for(request, "GET", f"{NOTES}/notes"))


async def apage(request: HttpRequest) -> HttpResponse:
    session = await asession_of(request)
    return HttpResponse("nobody" if session is None else str(session.claims["sub"]))


@pytest.fixture
def changed() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


class TestDjango(AdapterContract):
    @pytest.fixture
    def make_browser(self, changed: ExitStack) -> MakeBrowser:
        def make(bff: Bff) -> httpx2.Client:
            urls = (path("notes", notes), path("page", page))
            changed.enter_context(override_settings(ROOT_URLCONF=urls, MIDDLEWARE=MIDDLEWARE, TOKENSMITH_BFF=bff))
            return httpx2.Client(transport=httpx2.WSGITransport(WSGIHandler()), base_url=APP)

        return make


class TestAsyncDjango(AdapterContract):
    @pytest.fixture
    def make_browser(self, changed: ExitStack) -> MakeBrowser:
        def make(bff: Bff) -> TestClient:
            urls = (path("notes", anotes), path("page", apage))
            changed.enter_context(override_settings(ROOT_URLCONF=urls, MIDDLEWARE=MIDDLEWARE, TOKENSMITH_BFF=bff))
            # Django knows no lifespan, which the client begins with.
            app = Starlette(routes=[Mount("/", ASGIHandler())])
            return TestClient(app, base_url=APP, follow_redirects=False)

        return make  # type: ignore[return-value]


def test_a_setting_that_is_none_is_told() -> None:
    with override_settings(TOKENSMITH_BFF=None), pytest.raises(ImproperlyConfigured, match="TOKENSMITH_BFF"):
        configured_bff()
