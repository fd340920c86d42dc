"""Find exactly one access token in the request (RFC 6750 §2.1, RFC 9110 §11.6.2).

The Authorization header is the only place looked at. A token in a query string ends in logs, histories and Referer
headers, so one that is found there does not exist for us (RFC 6750 §5.3; OAuth 2.1 §5.1 takes the method away).
"""

import re
from typing import Final

from tokensmith.guard.errors import InvalidTokenError, MalformedRequestError, MissingTokenError
from tokensmith.guard.facts import RequestFacts

# Larger than any token a server would send through common proxies, whose whole header section ends at 8 to 64 KiB.
MAX_TOKEN_BYTES: Final = 16_384
# One class and one repetition: matches in linear time.
_TOKEN68: Final = re.compile(rb"[A-Za-z0-9\-._~+/]+=*")


def find_token(facts: RequestFacts) -> str:
    """Return the token of the one Authorization header.

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
    if scheme.lower() != b"bearer":
        raise MissingTokenError("This resource takes Bearer tokens only.", code="unsupported_scheme")
    token = rest.strip(b" ")
    if len(token) > MAX_TOKEN_BYTES:
        raise InvalidTokenError("The access token is too large.", code="too_large", detail=f"{len(token)} bytes")
    if not _TOKEN68.fullmatch(token):
        raise InvalidTokenError("The Authorization header holds no single token.", code="malformed")
    return token.decode("ascii")
