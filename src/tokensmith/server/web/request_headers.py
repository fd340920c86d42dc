"""Request headers straight from the ASGI scope.

A header that may stand once and stands twice is refused: a proxy may have believed the one and we the other
(RFC 9110 §5.3).
"""

from starlette.types import Scope

from tokensmith.server.domain.errors import InvalidRequestError


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Return every value of the header *name*, given in lower case, in the order received."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def single_header(scope: Scope, name: bytes) -> str | None:
    """Return the one value of a header; None where it is not there.

    Raises:
        InvalidRequestError: it is there more than once (`repeated_header`).
    """
    values = header_values(scope, name)
    if len(values) > 1:
        raise InvalidRequestError("A header was sent twice.", code="repeated_header", detail=name.decode("latin-1"))
    return values[0] if values else None


def proofs_of(scope: Scope) -> list[bytes]:
    """Return every DPoP header, for whoever checks that there is one at most (RFC 9449 §4.3)."""
    return [value for key, value in scope["headers"] if key == b"dpop"]
