"""The two cookies of a first-party sign-in in a browser (RFC 6265bis §4.1.3.2, decision 13).

`__Host-` binds them to this one host over a secure connection: no sibling host can plant or read them. HttpOnly keeps
them from scripts, `SameSite=Strict` from requests that another site starts.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.tokens import TokenAnswer
from tokensmith.server.web.request_headers import header_values

ACCESS_COOKIE: Final = "__Host-tokensmith-access"
REFRESH_COOKIE: Final = "__Host-tokensmith-refresh"


def set_token_cookies(response: Response, answer: TokenAnswer, *, refresh_seconds: int) -> None:
    """Give the browser an access token and a refresh token."""
    _set(response, ACCESS_COOKIE, answer.access_token, seconds=answer.expires_in)
    if answer.refresh_token is not None:
        _set(response, REFRESH_COOKIE, answer.refresh_token, seconds=refresh_seconds)


def clear_token_cookies(response: Response) -> None:
    """Take both away."""
    _set(response, ACCESS_COOKIE, "", seconds=0)
    _set(response, REFRESH_COOKIE, "", seconds=0)


def refresh_cookie(request: Request) -> str | None:
    """Return the refresh token that the browser sent.

    Raises:
        InvalidRequestError: the cookie came twice with different values (`repeated_cookie`); one of them was planted.
    """
    found = set()
    for header in header_values(request.scope, b"cookie"):
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == REFRESH_COOKIE and value:
                found.add(value)
    if len(found) > 1:
        raise InvalidRequestError("A cookie was sent twice.", code="repeated_cookie")
    return found.pop() if found else None


def _set(response: Response, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")
