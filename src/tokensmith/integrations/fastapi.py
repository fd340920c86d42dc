"""FastAPI: one dependency that brings the caller, shows up in the OpenAPI document, and can be overridden in tests.

    auth = Auth(Guard(Issuer("https://id.example", audience="https://api.example")))

    @app.get("/notes")
    async def notes(caller: Annotated[Principal, Security(auth, scopes=["notes:read"])]): ...

Scopes of routers and of dependencies above add up, as FastAPI's `SecurityScopes` do.
"""

import json
from typing import Any, Final, cast

from fastapi.openapi.models import HTTPBearer
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tokensmith.guard import Guard, GuardError, Need, Principal
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.asgi import facts_from_scope
from tokensmith.integrations.needs import ANY_TOKEN, need_of

_HANDLERS: Final = "starlette.exception_handlers"
_CALLERS: Final = "tokensmith.callers"


class RefusedError(HTTPException):
    """What a refusal becomes in FastAPI; register an exception handler for it to answer in your own form."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, detail=json.loads(answer.body), headers=dict(answer.headers))
        self.answer = answer


class _Security(SecurityBase):
    """What both dependencies share: equal where guard and need are the same, so that either can be overridden.

    The need counts: FastAPI asks equal dependencies once per request, and the second would go unasked.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        need: Need = ANY_TOKEN,
        scheme_name: str = "Bearer",
        description: str | None = None,
    ) -> None:
        self.guard = guard
        self.need = need
        self.scheme_name = scheme_name
        self.model = HTTPBearer(bearerFormat="JWT", description=description)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Security) or type(other) is not type(self):
            return False
        return self.guard is other.guard and self.need == other.need

    def __hash__(self) -> int:
        return hash((type(self), id(self.guard), self.need))

    async def _caller(self, connection: HTTPConnection, scopes: list[str], *, optional: bool) -> Principal | None:
        # Once per request, however many dependencies ask: a proof of possession is used up by the first (RFC 9449
        # §11.1).
        callers: dict[Guard, Principal | None] = connection.scope.setdefault(_CALLERS, {})
        try:
            if self.guard not in callers:
                callers[self.guard] = await self.guard.authenticate_optional(facts_from_scope(connection.scope))
            principal = callers[self.guard]
            if principal is not None or not optional:
                need_of(*scopes).check(principal)
                self.need.check(principal)
        except GuardError as error:
            raise _refused(error, guard=self.guard, connection=connection) from error
        return principal


class Auth(_Security):
    """The caller, who must have a good token with all scopes that `Security` names.

    Args:
        guard: Who decides.
        need: What else is asked of the caller, beside those scopes.
        scheme_name: What the OpenAPI document calls the scheme.
        description: What it says about it.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> Principal:
        """Return the caller, or raise `RefusedError`."""
        # The checks have refused nobody.
        return cast("Principal", await self._caller(connection, security_scopes.scopes, optional=False))


class OptionalAuth(_Security):
    """The caller, or None for a request without any credentials; a bad token is refused all the same."""

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> Principal | None:
        """Return the caller or None, or raise `RefusedError`."""
        return await self._caller(connection, security_scopes.scopes, optional=True)


def _refused(error: GuardError, *, guard: Guard, connection: HTTPConnection) -> RefusedError:
    # FastAPI puts the text of an HTTPException under "detail", and a dependency cannot return a response. So that
    # nobody has to register a handler by hand, ours is added where Starlette looks for them. One of the application's
    # own comes first, and should Starlette cease to look there, status and headers are still right.
    handlers: dict[Any, Any] = connection.scope.get(_HANDLERS, ({},))[0]
    handlers.setdefault(RefusedError, _answer)
    return RefusedError(guard.answer_to(error))


async def _answer(_connection: HTTPConnection, error: RefusedError) -> Response:
    return Response(error.answer.body, status_code=error.answer.status, headers=dict(error.answer.headers))
