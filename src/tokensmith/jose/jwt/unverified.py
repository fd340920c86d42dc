"""UnverifiedJwt: a peek, for choosing whose keys to try (RFC 7519 §7.2 before its last steps).

Anybody can write such a token. That is why its members are called what they are, why it shares no type with a
VerifiedJwt, and why nothing in this house takes it as proof. It is also the only way to look at a token whose "alg"
is "none".
"""

from dataclasses import dataclass

from tokensmith.jose import base64url
from tokensmith.jose.frozen_json import FrozenObject, adopt
from tokensmith.jose.jws import compact
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.strict_json import parse_object


class UnverifiedObject(FrozenObject):
    """A JSON object that somebody sent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedJwt:
    """What a token says of itself, true or not."""

    unverified_header: UnverifiedObject
    unverified_claims: UnverifiedObject


def read_unverified(token: str | bytes, *, limits: Limits = DEFAULT_LIMITS) -> UnverifiedJwt:
    """Take a token apart without believing it; sizes, base64url and JSON are checked, nothing else.

    Raises:
        MalformedTokenError: It is no compact JWS with two JSON objects in it.
    """
    parts = compact.split(token, limits=limits)
    header = parse_object(base64url.decode(parts.header_text), max_bytes=limits.max_header_bytes, limits=limits)
    claims = parse_object(parts.payload, limits=limits)
    return UnverifiedJwt(
        unverified_header=adopt(UnverifiedObject, header), unverified_claims=adopt(UnverifiedObject, claims)
    )
