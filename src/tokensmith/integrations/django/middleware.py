"""The middleware: every request's caller known before its view runs, and a bad token refused wherever it is sent."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tokensmith.guard import GuardError
from tokensmith.integrations.django.callers import aidentify, configured_guard, identify, known, published, refusal
from tokensmith.integrations.needs import ANY_TOKEN

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class EitherMiddleware(ABC):
    """A middleware for synchronous and asynchronous projects, which answers a request or lets it on."""

    sync_capable: ClassVar = True
    async_capable: ClassVar = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request, or let it on."""
        if self._is_async:
            return self._call_async(request)
        response = self.answer(request)
        return self.get_response(request) if response is None else response

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.aanswer(request)
        if response is not None:
            return response
        return await cast("Awaitable[HttpResponseBase]", self.get_response(request))

    @abstractmethod
    def answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer the request, or return None to let it on."""

    @abstractmethod
    async def aanswer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Do the same in an event loop."""


class AuthMiddleware(EitherMiddleware):
    """Fill `request.principal`, and for a caller with a token `request.user` and `request.auser()`.

    Put it behind Django's AuthenticationMiddleware where that is used: a caller with a token then comes before a
    session's user, and without one `request.user` stays as Django left it. Views are open to nobody unless they say
    otherwise: by `require`, by Django's `login_required`, or by its LoginRequiredMiddleware behind this one.
    """

    def answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Find out who is calling; answer what is published, and a bad token."""
        guard = configured_guard()
        if (document := published(request, guard)) is not None:
            return document
        try:
            identify(request, guard)
        except GuardError as error:
            return refusal(request, error, guard)
        return None

    async def aanswer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Do the same in an event loop."""
        guard = configured_guard()
        if (document := published(request, guard)) is not None:
            return document
        try:
            await aidentify(request, guard)
        except GuardError as error:
            return refusal(request, error, guard)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal that a view raised itself, as `need.check(request.principal)` does."""
        return refusal(request, exception, configured_guard()) if isinstance(exception, GuardError) else None


class TokenRequiredMiddleware(AuthMiddleware):
    """Let nobody in without a token, except to views that Django's `login_not_required` marks.

    In place of `AuthMiddleware`, for services that only take tokens; a session's user is nobody here.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """Answer the request, or return None to let it on."""
        guard = configured_guard()
        # The mark is Django's own; a view without it is closed.
        if getattr(view_func, "login_required", True) is False:
            return None
        try:
            ANY_TOKEN.check(known(request)[guard])
        except GuardError as error:
            return refusal(request, error, guard)
        return None
