"""The back end for front ends in Flask.

init_app(app, bff)

@app.get("/notes")
def notes():
    headers = headers_for(bff, "GET", "https://notes.example/notes")
    ...                                                     # call the service with them
"""

from flask import Flask, Response, request

from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff.bff import Bff
from tokensmith.integrations.bff.plan import PREFIX
from tokensmith.integrations.bff.refusals import BffError
from tokensmith.integrations.bff.sessions import Session
from tokensmith.integrations.wsgi import facts_from_environ


def init_app(app: Flask, bff: Bff) -> None:
    """Have *app* answer below /bff, and answer a `BffError` of a view."""

    def answer_below() -> Response | None:
        if not request.path.startswith(f"{PREFIX}/"):
            return None
        made = bff.handle_sync(facts_from_environ(request.environ))
        return None if made is None else _response(made)

    def refuse(error: BffError) -> Response:
        return _response(error.answer)

    # In front of the routes: Flask would answer a path without one before anybody else is asked.
    app.before_request_funcs.setdefault(None, []).insert(0, answer_below)
    app.register_error_handler(BffError, refuse)


def headers_for(bff: Bff, method: str, url: str) -> dict[str, str]:
    """Return the headers for a request to a service, in the name of whoever sent the present request.

    Raises:
        BffError: As `Bff.token`; `init_app` answers it.
    """
    return bff.headers_sync(facts_from_environ(request.environ), method, url)


def session_of(bff: Bff) -> Session | None:
    """Return who is signed in, for a page that is made here.

    Raises:
        BffError: The store cannot be reached.
    """
    return bff.session_sync(facts_from_environ(request.environ))


def _response(answer: Answer) -> Response:
    # Pairs: of two cookies a mapping would lose one.
    return Response(answer.body, status=answer.status, headers=list(answer.headers))
