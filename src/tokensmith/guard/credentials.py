"""Find exactly one access token in the request (RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.6.2).

The Authorization header is the only place looked at, and where there is none, the cookie that a service may name. The
header comes first: no other site can make a browser send it. A token in a query string ends in logs, histories and
Referer headers, so one that is found there does not exist for us (RFC 6750 §5.3; OAuth 2.1 §5.1 takes the method away).
"""

import re
from typing import Final, Protocol

import msgspec

from tokensmith.guard.errors import InvalidTokenError, MalformedRequestError, MissingTokenError, Scheme
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.token_cookie import TokenCookie

# Larger than any token a server would send through common proxies, whose whole header section ends at 8 to 64 KiB.
MAX_TOKEN_BYTES: Final = 16_384
# One class and one repetition: matches in linear time.
_TOKEN68: Final = re.compile(rb"[A-Za-z0-9\-._~+/]+=*")


class PresentedToken(msgspec.Struct, frozen=True, gc=False):
    """A token and how it was sent. A Struct, being the cheapest frozen record there is."""

    token: str
    scheme: Scheme


class TokenSource(Protocol):
    """Where else a token may be."""

    def find(self, facts: RequestFacts) -> PresentedToken | None:
        """Return the token of a request without an Authorization header; None where there is none.

        Raises:
            DeniedError: It is there and cannot be taken.
        """
        ...


class CookieSource(msgspec.Struct, frozen=True, gc=False):
    """A cookie to take tokens from, and the origin of the service, whose pages may send them."""

    cookie: TokenCookie
    own_origin: str

    def find(self, facts: RequestFacts) -> PresentedToken | None:
        """Return the cookie's token; see `TokenSource`.

        Raises:
            MalformedRequestError: There are two ("repeated_credentials").
            CrossSiteRequestError: Perhaps another site sent the request.
            InvalidTokenError: It is no token ("malformed") or too long for one ("too_large").
        """
        value = self.cookie.find(facts)
        if value is None:
            return None
        token = _checked(value)
        self.cookie.check_meant(facts, token, own_origin=self.own_origin)
        return PresentedToken(token, "Bearer")


def find_token(facts: RequestFacts, *, takes_proofs: bool = False, source: TokenSource | None = None) -> PresentedToken:
    """Return the token of the one Authorization header, or else of the other source.

    Args:
        takes_proofs: Whether the scheme "DPoP" is offered beside "Bearer".
        source: Where to look where there is no such header.

    Raises:
        MissingTokenError: There is none ("missing_token"), or it is of another scheme ("unsupported_scheme").
        MalformedRequestError: There are two ("repeated_credentials").
        CrossSiteRequestError: It is in the cookie, and perhaps another site sent the request.
        InvalidTokenError: What follows the scheme is no token ("malformed") or too long for one ("too_large").
    """
    values = facts.values(b"authorization")
    if not values:
        elsewhere = None if source is None else source.find(facts)
        if elsewhere is None:
            raise MissingTokenError("This resource needs an access token.", code="missing_token")
        return elsewhere
    if len(values) > 1:
        raise MalformedRequestError("The request has more than one Authorization header.", code="repeated_credentials")
    scheme, _, rest = values[0].partition(b" ")
    lower = scheme.lower()
    if lower != b"bearer" and not (takes_proofs and lower == b"dpop"):
        offered = "Bearer and DPoP" if takes_proofs else "Bearer"
        raise MissingTokenError(f"This resource takes {offered} tokens only.", code="unsupported_scheme")
    return PresentedToken(_checked(rest.strip(b" ")), "Bearer" if lower == b"bearer" else "DPoP")


def _checked(token: bytes) -> str:
    if len(token) > MAX_TOKEN_BYTES:
        raise InvalidTokenError("The access token is too large.", code="too_large", detail=f"{len(token)} bytes")
    if not _TOKEN68.fullmatch(token):
        raise InvalidTokenError("What the request presents is no single token.", code="malformed")
    return token.decode("ascii")
