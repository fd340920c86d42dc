"""The back end for front ends in Starlette and FastAPI.

    app = Starlette(
        routes=[*bff_routes(bff), Route("/notes", notes)],
        exception_handlers={BffError: refuse},
    )

    async def notes(request):
        headers = await headers_for(bff, request, "GET", "https://notes.example/notes")
        ...                                                     # call the service with them

In FastAPI: `app.router.routes.extend(bff_routes(bff))` and `app.add_exception_handler(BffError, refuse)`.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tokensmith.guard.challenge import Answer
from tokensmith.integrations.asgi import facts_from_scope
from tokensmith.integrations.bff.bff import Bff
from tokensmith.integrations.bff.plan import CALLBACK, LOGIN, LOGOUT, SESSION
from tokensmith.integrations.bff.refusals import BffError
from tokensmith.integrations.bff.sessions import Session

_METHODS = ("GET", "POST")


def bff_routes(bff: Bff) -> list[Route]:
    """Return the routes below /bff."""

    async def answer(request: Request) -> Response:
        made = await bff.handle(facts_from_scope(request.scope))
        # All four paths are the plan's own.
        assert made is not None  # noqa: S101
        return _response(made)

    return [Route(path, answer, methods=list(_METHODS)) for path in (LOGIN, CALLBACK, SESSION, LOGOUT)]


async def headers_for(bff: Bff, request: Request, method: str, url: str) -> dict[str, str]:
    """Return the headers for a request to a service, in the name of whoever sent *request*.

    Raises:
        BffError: As `Bff.token`; `refuse` answers it.
    """
    return await bff.headers(facts_from_scope(request.scope), method, url)


async def session_of(bff: Bff, request: Request) -> Session | None:
    """Return who is signed in, for a page that is made here.

    Raises:
        BffError: The store cannot be reached.
    """
    return await bff.session(facts_from_scope(request.scope))


async def refuse(_: Request, error: Exception) -> Response:
    """Answer a `BffError`; an exception handler for the application.

    Raises:
        TypeError: It is registered for something else.
    """
    if not isinstance(error, BffError):
        raise TypeError("refuse answers BffError")
    return _response(error.answer)


def _response(answer: Answer) -> Response:
    response = Response(answer.body, status_code=answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
