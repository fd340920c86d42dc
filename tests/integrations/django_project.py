"""A Django project for tests: its settings, once per process, and its clients in the terms of the contract."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import httpx2
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, override_settings

from tests.integrations.contract import Headers, Reply, Send

AUTH_MIDDLEWARE = "tokensmith.integrations.django.AuthMiddleware"


def prepare() -> None:
    """Make the settings; whatever a test needs beyond, it overrides."""
    if not settings.configured:
        settings.configure(
            SECRET_KEY="for tests",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=(),
            MIDDLEWARE=[],
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
            LOGIN_URL="/sign-in",
            REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
        )
        django.setup()


def sender(**changed: Any) -> Send:
    """Call the project as WSGI would, with some settings changed."""

    def send(method: str, path: str, headers: Headers) -> Reply:
        with override_settings(**changed):
            client = Client(raise_request_exception=False)
            return _reply(client.generic(method, path, headers=_joined(headers)))

    return send


def async_sender(**changed: Any) -> Send:
    """Call the project as ASGI would."""

    def send(method: str, path: str, headers: Headers) -> Reply:
        # Not by Django's own client: that of 5.2.0 sends "sec_fetch_site" for "Sec-Fetch-Site".
        async def ask() -> httpx2.Response:
            transport = httpx2.ASGITransport(ASGIHandler(), raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, headers=_joined(headers))

        with override_settings(**changed):
            answer = asyncio.run(ask())
        return Reply(answer.status_code, dict(answer.headers), answer.content)

    return send


@contextmanager
def application(**changed: Any) -> Iterator[WSGIHandler]:
    """Make the project a WSGI application."""
    with override_settings(**changed):
        yield WSGIHandler()


def _joined(headers: Headers) -> dict[str, str]:
    # As servers do, and as Django itself does for ASGI (PEP 3333, RFC 9110 §5.3).
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _reply(response: Any) -> Reply:
    return Reply(response.status_code, {name.lower(): value for name, value in response.items()}, response.content)
