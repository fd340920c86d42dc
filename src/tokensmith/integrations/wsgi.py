"""WSGI (PEP 3333): a middleware for any application, and what every synchronous adapter shares.

    application = AuthMiddleware(application, guard=guard, public={"/health"})

    principal_of(environ).subject ...       # inside, or None on a public path
    verify(environ, "notes:read")           # for what a path needs beyond a good token

WSGI servers join a header sent twice with a comma. Two tokens joined are no token, so two Authorization headers are
refused here as well, if only as a malformed one.
"""

import ssl
from collections.abc import Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tokensmith.guard import Guard, GuardError, Principal, RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.noted import note, principal_of, verify

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["AuthMiddleware", "facts_from_environ", "principal_of", "verify"]

# What may stand in a path as it is, beside letters and digits (RFC 3986 §3.3).
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=-._~"


def facts_from_environ(environ: Mapping[str, Any]) -> RequestFacts:
    """Take the facts out of a WSGI environ."""
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    url = f"{environ['wsgi.url_scheme']}://{_host(environ)}{_target(environ)}"
    # mod_wsgi's name for the client's certificate; no header can be taken for it.
    certificate = environ.get("SSL_CLIENT_CERT")
    return RequestFacts(
        method=environ["REQUEST_METHOD"],
        url=url,
        headers=headers,
        peer=environ.get("REMOTE_ADDR") or None,
        certificate=ssl.PEM_cert_to_DER_cert(certificate) if certificate else None,
    )


class AuthMiddleware:
    """Ask the guard about every request.

    Args:
        app: What is protected.
        guard: Who decides.
        public: Paths below the application's own (PATH_INFO), compared whole, on which a request without credentials is
            let through as nobody; a bad token is refused there, too.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
    """

    def __init__(self, app: "WSGIApplication", *, guard: Guard, public: Collection[str] = ()) -> None:
        if isinstance(public, str):
            raise TypeError("public is a collection of paths")
        self._app = app
        self._guard = guard
        self._public = frozenset(public)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the request in, or answer it."""
        started = False

        def noting_start(*args: Any) -> Callable[[bytes], object]:
            nonlocal started
            started = True
            return start_response(*args)

        facts = facts_from_environ(environ)
        if (document := self._guard.document_for(facts)) is not None:
            return _send(document, start_response)
        try:
            note(environ, self._identify(environ, facts))
            return self._app(environ, noting_start)
        except GuardError as error:
            if started:
                raise
            return _send(self._guard.answer_to(error), start_response)

    def _identify(self, environ: "WSGIEnvironment", facts: RequestFacts) -> Principal | None:
        if environ.get("PATH_INFO", "") in self._public:
            return self._guard.authenticate_optional_sync(facts)
        return self._guard.authenticate_sync(facts)


def _host(environ: Mapping[str, Any]) -> str:
    return str(environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}")


def _target(environ: Mapping[str, Any]) -> str:
    # As it was sent, where the server says (the names are those of mod_wsgi and gunicorn): in PATH_INFO the escapes are
    # undone, and "%2F" is another path than "/".
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if sent.startswith("/"):
        return str(sent)
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "")
    return f"{quote(path, safe=_PATH_CHARACTERS, encoding='latin-1') or '/'}{'?' if query else ''}{query}"


def _send(answer: Answer, start_response: "StartResponse") -> Iterable[bytes]:
    status = HTTPStatus(answer.status)
    start_response(f"{status.value} {status.phrase}", [*answer.headers, ("content-length", str(len(answer.body)))])
    return [answer.body]
