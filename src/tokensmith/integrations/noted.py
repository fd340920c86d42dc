"""The caller, noted where an application without a framework finds it: in what its server hands over with a request.

That is an ASGI scope or a WSGI environ, a mapping either way. No header can be taken for the name: in an environ those
of a request all begin with "HTTP_", and in a scope they are no members at all.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, Final, cast

from tokensmith.guard import Need, Principal
from tokensmith.integrations.needs import need_of

_PRINCIPAL: Final = "tokensmith.principal"


def note(request: MutableMapping[str, Any], principal: Principal | None) -> None:
    """Say who is calling; None for nobody, on a public path."""
    request[_PRINCIPAL] = principal


def principal_of(request: Mapping[str, Any]) -> Principal | None:
    """Return who is calling; None for nobody, on a public path.

    Raises:
        RuntimeError: No AuthMiddleware is around the application, so nobody has looked.
    """
    if _PRINCIPAL not in request:
        raise RuntimeError("put AuthMiddleware around the application")
    principal: Principal | None = request[_PRINCIPAL]
    return principal


def verify(request: Mapping[str, Any], *wanted: str | Need) -> Principal:
    """Return who is calling, if they may do what is *wanted*: all of some scopes, or one `Need`.

    Call it before the answer is begun; the middleware then answers the refusal.

    Raises:
        DeniedError: They may not.
        RuntimeError: No AuthMiddleware is around the application.
    """
    principal = principal_of(request)
    need_of(*wanted).check(principal)
    # The check has refused nobody.
    return cast("Principal", principal)
