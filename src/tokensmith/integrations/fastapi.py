"""FastAPI: one dependency that brings the caller, shows up in the OpenAPI document, and can be overridden in tests.

    auth = Auth(Guard(Issuer("https://id.example", audience="https://api.example")))

    @app.get("/notes")
    async def notes(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]): ...

Scopes of routers and of dependencies above add up, as FastAPI's `SecurityScopes` do.
"""

import json
from typing import Any, Final

from fastapi.openapi.models import HTTPBearer
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tokensmith.guard import Guard, GuardError, Need, Principal
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.asgi import facts_from_scope

_HANDLERS: Final = "starlette.exception_handlers"


class RefusedError(HTTPException):
    """What a refusal becomes in FastAPI; register an exception handler for it to answer in your own form."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, detail=json.loads(answer.body), headers=dict(answer.headers))
        self.answer = answer


class _Security(SecurityBase):
    """What both dependencies share: equal where the guard is the same, so that either can be named in an override."""

    def __init__(self, guard: Guard, *, scheme_name: str = "Bearer", description: str | None = None) -> None:
        self.guard = guard
        self.scheme_name = scheme_name
        self.model = HTTPBearer(bearerFormat="JWT", description=description)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.guard is getattr(other, "guard", None)

    def __hash__(self) -> int:
        return hash((type(self), id(self.guard)))


class Auth(_Security):
    """The caller, who must have a good token with all scopes that `Security` names.

    Args:
        guard: Who decides.
        scheme_name: What the OpenAPI document calls the scheme.
        description: What it says about it.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> Principal:
        """Return the caller, or raise `RefusedError`."""
        try:
            return await self.guard.authenticate(facts_from_scope(connection.scope), Need(*security_scopes.scopes))
        except GuardError as error:
            raise _refused(error, guard=self.guard, connection=connection) from error


class OptionalAuth(_Security):
    """The caller, or None for a request without any credentials; a bad token is refused all the same."""

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> Principal | None:
        """Return the caller or None, or raise `RefusedError`."""
        facts, need = facts_from_scope(connection.scope), Need(*security_scopes.scopes)
        try:
            return await self.guard.authenticate_optional(facts, need)
        except GuardError as error:
            raise _refused(error, guard=self.guard, connection=connection) from error


def _refused(error: GuardError, *, guard: Guard, connection: HTTPConnection) -> RefusedError:
    # FastAPI puts the text of an HTTPException under "detail", and a dependency cannot return a response. So that
    # nobody has to register a handler by hand, ours is added where Starlette looks for them. One of the application's
    # own comes first, and should Starlette cease to look there, status and headers are still right.
    handlers: dict[Any, Any] = connection.scope.get(_HANDLERS, ({},))[0]
    handlers.setdefault(RefusedError, _answer)
    return RefusedError(guard.answer_to(error))


async def _answer(_connection: HTTPConnection, error: RefusedError) -> Response:
    return Response(error.answer.body, status_code=error.answer.status, headers=dict(error.answer.headers))
