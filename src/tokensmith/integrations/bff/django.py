"""The back end for front ends in Django, synchronous and asynchronous.

TOKENSMITH_BFF = Bff(...)                                       # in the settings, or the dotted path of one
MIDDLEWARE = ["tokensmith.integrations.bff.django.BffMiddleware", ...]

def notes(request):
    headers = headers_for(request, "GET", "https://notes.example/notes")    # or: await aheaders_for(…)
    ...                                                     # call the service with them
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff.bff import Bff
from tokensmith.integrations.bff.refusals import BffError
from tokensmith.integrations.bff.sessions import Session
from tokensmith.integrations.django.callers import configured, facts_from_request
from tokensmith.integrations.django.middleware import EitherMiddleware


class BffMiddleware(EitherMiddleware):
    """Answer below /bff, and answer a `BffError` of a view."""

    def answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer the request, or return None to let it on."""
        made = configured_bff().handle_sync(facts_from_request(request))
        return None if made is None else _response(made)

    async def aanswer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Do the same in an event loop."""
        made = await configured_bff().handle(facts_from_request(request))
        return None if made is None else _response(made)

    def process_exception(self, _: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal that a view raised."""
        return _response(exception.answer) if isinstance(exception, BffError) else None


def configured_bff() -> Bff:
    """Return the back end of the settings, TOKENSMITH_BFF.

    Raises:
        ImproperlyConfigured: There is none.
    """
    return configured("TOKENSMITH_BFF", Bff)


def headers_for(request: HttpRequest, method: str, url: str) -> dict[str, str]:
    """Return the headers for a request to a service, in the name of whoever sent *request*.

    Raises:
        BffError: As `Bff.token`; the middleware answers it.
    """
    return configured_bff().headers_sync(facts_from_request(request), method, url)


async def aheaders_for(request: HttpRequest, method: str, url: str) -> dict[str, str]:
    """Do the same as `headers_for` in an event loop."""
    return await configured_bff().headers(facts_from_request(request), method, url)


def session_of(request: HttpRequest) -> Session | None:
    """Return who is signed in, for a page that is made here.

    Raises:
        BffError: The store cannot be reached.
    """
    return configured_bff().session_sync(facts_from_request(request))


async def asession_of(request: HttpRequest) -> Session | None:
    """Do the same as `session_of` in an event loop."""
    return await configured_bff().session(facts_from_request(request))


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    for name, value in answer.headers:
        if name == "set-cookie":
            # Django keeps cookies apart from headers, of which it holds one each.
            response.cookies.load(value)
        else:
            response.headers[name] = value
    return response
