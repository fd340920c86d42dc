"""Where a token says its status is: list and index (draft-ietf-oauth-status-list §6.2)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tokensmith.guard.errors import InvalidTokenError
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.target import parse_target


class Reference(msgspec.Struct, frozen=True):
    """One entry of one list. A Struct, being the cheapest frozen record there is."""

    url: str
    index: int


def read_reference(claims: Mapping[str, JsonValue], *, origin: str) -> Reference | None:
    """Return the token's entry, or None where its status is in no list.

    Raises:
        InvalidTokenError: It is malformed ("status_malformed"), or at another origin than the issuer's
            ("status_elsewhere").
    """
    status: Any = claims.get("status")
    if status is None:
        return None
    try:
        entry = status["status_list"]
        url, index = entry["uri"], entry["idx"]
    except (TypeError, KeyError):
        raise _malformed() from None
    # bool is an int in Python.
    if not isinstance(url, str) or not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise _malformed()
    if not _is_at(url, origin):
        # Signed by the issuer or not: we do not let a token choose whom we connect to.
        raise InvalidTokenError("The access token's status is kept elsewhere.", code="status_elsewhere", detail=url)
    return Reference(url, index)


def _is_at(url: str, origin: str) -> bool:
    # The cheap test comes first: it is the one that ordinary tokens pass, on every request.
    if url.startswith(f"{origin}/"):
        return True
    try:
        return parse_target(url).origin == origin
    except ValueError:
        return False


def _malformed() -> InvalidTokenError:
    return InvalidTokenError("The access token's status cannot be read.", code="status_malformed")
