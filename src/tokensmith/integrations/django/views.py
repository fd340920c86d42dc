"""`require`: what a view needs of its caller."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast, overload

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest

from tokensmith.guard import Guard, GuardError, Need, Principal
from tokensmith.integrations.django.callers import aidentify, configured_guard, identify, refusal
from tokensmith.integrations.needs import ANY_TOKEN, need_of

P = ParamSpec("P")
T = TypeVar("T")


@overload
def require(view: Callable[P, T], /) -> Callable[P, T]: ...
@overload
def require(
    *wanted: str | Need, guard: Guard | None = None, optional: bool = False
) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
def require(*wanted: Any, guard: Guard | None = None, optional: bool = False) -> Any:
    """Let a view run only for callers who may do what is *wanted*.

    For functions, asynchronous or not, with and without parentheses; for class-based views by Django's
    `method_decorator`, on a method or on "dispatch".

    Args:
        wanted: All of some scopes, or one `Need`; nothing stands for any good token.
        guard: Who decides; by default TOKENSMITH_GUARD. Under `AuthMiddleware` the guard of the settings has looked
            first, and refuses what it does not know.
        optional: Whether a request without any credentials passes, with None for `request.principal`.

    Raises:
        TypeError, ValueError: What is wanted is neither scopes nor a need.
    """
    if len(wanted) == 1 and callable(wanted[0]):
        return _guarded(wanted[0], ANY_TOKEN, guard=guard, optional=optional)
    need = need_of(*wanted)
    return lambda view: _guarded(view, need, guard=guard, optional=optional)


def _guarded(view: Callable[..., Any], need: Need, *, guard: Guard | None, optional: bool) -> Callable[..., Any]:
    if isinstance(view, type):
        raise TypeError('use @method_decorator(require(...), name="dispatch")')

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        request, deciding = _request(args), configured_guard() if guard is None else guard
        try:
            _admit(need, identify(request, deciding), optional=optional)
        except GuardError as error:
            return refusal(request, error, deciding)
        return view(*args, **kwargs)

    @functools.wraps(view)
    async def guarded_async(*args: Any, **kwargs: Any) -> Any:
        request, deciding = _request(args), configured_guard() if guard is None else guard
        try:
            _admit(need, await aidentify(request, deciding), optional=optional)
        except GuardError as error:
            return refusal(request, error, deciding)
        return await view(*args, **kwargs)

    return _marked(guarded_async if _is_async(view) else guarded, optional=optional)


def _is_async(view: object) -> bool:
    if iscoroutinefunction(view):
        return True
    # method_decorator hands over a partial of the bound method, and the "dispatch" of such a view returns coroutines.
    owner = getattr(getattr(view, "func", view), "__self__", None)
    return getattr(owner, "view_is_async", False) is True


def _marked(view: Any, *, optional: bool) -> Callable[..., Any]:
    # Django's LoginRequiredMiddleware would send strangers to a page for people, where a challenge is due.
    view.login_required = False
    if not optional:
        # Nobody gets in by cookies alone, so there is no request to forge.
        view.csrf_exempt = True
    return cast("Callable[..., Any]", view)


def _request(args: tuple[object, ...]) -> HttpRequest:
    if args and isinstance(args[0], HttpRequest):
        return args[0]
    raise TypeError("require() is for views that are given Django's request; on methods, use method_decorator")


def _admit(need: Need, principal: Principal | None, *, optional: bool) -> None:
    if principal is not None or not optional:
        need.check(principal)
