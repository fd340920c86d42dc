"""Who is calling: asked of the guard once per request, and put where Django looks for users.

A request is looked at once by each guard. A proof of possession is good for one use (RFC 9449 §11.1), so a second look
would refuse what the first let in.
"""

from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from tokensmith.guard import Guard, GuardError, Principal, RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.asgi import facts_from_scope
from tokensmith.integrations.django.user import NoUser, TokenUser
from tokensmith.integrations.wsgi import facts_from_environ

T = TypeVar("T")

_CALLERS: Final = "_tokensmith_callers"


def configured_guard() -> Guard:
    """Return the guard of the settings, TOKENSMITH_GUARD: a Guard, or where one is ("notes.auth.guard").

    Read each time, so that tests may override it.

    Raises:
        ImproperlyConfigured: There is none.
    """
    return configured("TOKENSMITH_GUARD", Guard)


def configured(name: str, kind: type[T]) -> T:
    """Return what a setting holds, or what its dotted path leads to.

    Raises:
        ImproperlyConfigured: It is not set, or holds something else.
    """
    found = setting(name)
    if not isinstance(found, kind):
        raise ImproperlyConfigured(f"{name} is to be a {kind.__name__}, or the dotted path of one")
    return found


def setting(name: str) -> Any:
    """Return a setting, or what its dotted path leads to; None where it is not set."""
    value = getattr(settings, name, None)
    return import_string(value) if isinstance(value, str) else value


def facts_from_request(request: HttpRequest) -> RequestFacts:
    """Take the facts out of Django's request, as near to what was sent as the server lets us."""
    if isinstance(request, ASGIRequest):
        # In the scope of Django's own test client the query is text.
        return facts_from_scope({**request.scope, "query_string": request.META["QUERY_STRING"].encode("latin-1")})
    return facts_from_environ(request.META)


def published(request: HttpRequest, guard: Guard) -> HttpResponseBase | None:
    """Answer a request for what the guard publishes about the service, or return None for any other."""
    document = None if guard.metadata_path is None else guard.document_for(facts_from_request(request))
    return None if document is None else _response(document)


def known(request: HttpRequest) -> dict[Guard, Principal | None]:
    """Return what each guard has found out about this request."""
    callers: dict[Guard, Principal | None] = request.__dict__.setdefault(_CALLERS, {})
    return callers


def identify(request: HttpRequest, guard: Guard) -> Principal | None:
    """Return who is calling, None for nobody.

    Raises:
        GuardError: What was presented is not good.
    """
    callers = known(request)
    if guard not in callers:
        _note(request, guard, guard.authenticate_optional_sync(facts_from_request(request)))
    return callers[guard]


async def aidentify(request: HttpRequest, guard: Guard) -> Principal | None:
    """Do the same as `identify` in an event loop."""
    callers = known(request)
    if guard not in callers:
        _note(request, guard, await guard.authenticate_optional(facts_from_request(request)))
    return callers[guard]


def _note(request: Any, guard: Guard, principal: Principal | None) -> None:
    known(request)[guard] = request.principal = principal
    if principal is not None:
        _put_user(request, TokenUser(principal))
        # A forged request comes with cookies. Nobody's browser adds the header with a token for another site, and of a
        # token in a cookie the guard has asked whether its request was meant.
        request.csrf_processing_done = True
    elif not hasattr(request, "user"):
        _put_user(request, NoUser())


def _put_user(request: Any, user: TokenUser | NoUser) -> None:
    async def auser() -> TokenUser | NoUser:
        return user

    request.user, request.auser = user, auser


def refusal(request: HttpRequest, error: GuardError, guard: Guard) -> HttpResponseBase:
    """Answer a request that is not let in.

    The setting TOKENSMITH_REFUSED, a function or its dotted path, may answer in another form: it is given the request,
    the error and our answer, and returns a response.

    Raises:
        TypeError: It returned something else; to go on would let the request in.
    """
    answer = guard.answer_to(error)
    own = setting("TOKENSMITH_REFUSED")
    if own is None:
        return _response(answer)
    response = own(request, error, answer)
    if not isinstance(response, HttpResponseBase):
        raise TypeError("TOKENSMITH_REFUSED must return a response")
    return response


def _response(answer: Answer) -> HttpResponse:
    headers = {**dict(answer.headers), "content-length": str(len(answer.body))}
    return HttpResponse(answer.body, status=answer.status, headers=headers)
