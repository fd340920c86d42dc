"""The contract's service in Django, with synchronous and with asynchronous views."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from tests.integrations.contract import Send
from tests.integrations.django_project import sender
from tokensmith.guard import Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.django import require


def subject(request: Any) -> JsonResponse:
    return JsonResponse({"subject": request.principal.subject if request.principal else None})


class Notes(View):
    @method_decorator(require("notes:read"))
    def get(self, request: HttpRequest) -> HttpResponse:
        return subject(request)

    @method_decorator(require(Need("notes:write")))
    def post(self, request: HttpRequest) -> HttpResponse:
        return subject(request)


class AsyncNotes(View):
    @method_decorator(require("notes:read"))
    async def get(self, request: HttpRequest) -> HttpResponse:
        return subject(request)

    @method_decorator(require(Need("notes:write")))
    async def post(self, request: HttpRequest) -> HttpResponse:
        return subject(request)


@require
def me(request: HttpRequest) -> HttpResponse:
    return subject(request)


@require
async def async_me(request: HttpRequest) -> HttpResponse:
    return subject(request)


@require(optional=True)
def anybody(request: HttpRequest) -> HttpResponse:
    return subject(request)


@require(optional=True)
async def async_anybody(request: HttpRequest) -> HttpResponse:
    return subject(request)


def urls(*views: Any) -> Any:
    """Make what ROOT_URLCONF may be in place of a module's name."""
    return tuple(path(route, view) for route, view in views)


# A class whose methods are guarded one by one is marked as a whole: else Django's LoginRequiredMiddleware comes first.
SYNC = urls(("notes", login_not_required(Notes.as_view())), ("me", me), ("open", anybody))
ASYNC = urls(("notes", login_not_required(AsyncNotes.as_view())), ("me", async_me), ("open", async_anybody))


def project(issuer: FakeIssuer, *views: Any, middleware: list[str], make_sender: Any = sender, **changed: Any) -> Send:
    """Put some views into a project that trusts *issuer*."""
    send: Send = make_sender(
        ROOT_URLCONF=urls(*views), MIDDLEWARE=middleware, TOKENSMITH_GUARD=issuer.guard(), **changed
    )
    return send
