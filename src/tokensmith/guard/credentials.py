"""Find exactly one access token in the request (RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.6.2).

The Authorization header is the only place looked at. A token in a query string ends in logs, histories and Referer
headers, so one that is found there does not exist for us (RFC 6750 §5.3; OAuth 2.1 §5.1 takes the method away).
"""

import re
from typing import Final

import msgspec

from tokensmith.guard.errors import InvalidTokenError, MalformedRequestError, MissingTokenError, Scheme
from tokensmith.guard.facts import RequestFacts

# Larger than any token a server would send through common proxies, whose whole header section ends at 8 to 64 KiB.
MAX_TOKEN_BYTES: Final = 16_384
# One class and one repetition: matches in linear time.
_TOKEN68: Final = re.compile(rb"[A-Za-z0-9\-._~+/]+=*")


class PresentedToken(msgspec.Struct, frozen=True, gc=False):
    """A token and how it was sent. A Struct, being the cheapest frozen record there is."""

    token: str
    scheme: Scheme


def find_token(facts: RequestFacts, *, takes_proofs: bool = False) -> PresentedToken:
    """Return the token of the one Authorization header.

    Args:
        takes_proofs: Whether the scheme "DPoP" is offered beside "Bearer".

    Raises:
        MissingTokenError: There is no such header ("missing_token"), or it is of another scheme ("unsupported_scheme").
        MalformedRequestError: There are two ("repeated_credentials").
        InvalidTokenError: What follows the scheme is no token ("malformed") or too long for one ("too_large").
    """
    values = facts.values(b"authorization")
    if not values:
        raise MissingTokenError("This resource needs an access token.", code="missing_token")
    if len(values) > 1:
        raise MalformedRequestError("The request has more than one Authorization header.", code="repeated_credentials")
    scheme, _, rest = values[0].partition(b" ")
    lower = scheme.lower()
    if lower != b"bearer" and not (takes_proofs and lower == b"dpop"):
        offered = "Bearer and DPoP" if takes_proofs else "Bearer"
        raise MissingTokenError(f"This resource takes {offered} tokens only.", code="unsupported_scheme")
    token = rest.strip(b" ")
    if len(token) > MAX_TOKEN_BYTES:
        raise InvalidTokenError("The access token is too large.", code="too_large", detail=f"{len(token)} bytes")
    if not _TOKEN68.fullmatch(token):
        raise InvalidTokenError("The Authorization header holds no single token.", code="malformed")
    return PresentedToken(token.decode("ascii"), "Bearer" if lower == b"bearer" else "DPoP")
