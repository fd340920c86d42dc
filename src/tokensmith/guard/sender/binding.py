"""From "cnf" to what has to be proven (RFC 7800 §3.1, RFC 9449 §6.1, RFC 8705 §3.1)."""

from collections.abc import Mapping
from typing import Final, Literal, cast, get_args

import msgspec

from tokensmith.guard.errors import InvalidTokenError
from tokensmith.jose.strict_json import JsonValue

Method = Literal["jkt", "x5t#S256"]
"""A key, proven by DPoP; or a certificate, proven by mutual TLS."""
_METHODS: Final = get_args(Method)


class Binding(msgspec.Struct, frozen=True, gc=False):
    """What a token is bound to: the SHA-256 thumbprint of a key (RFC 7638) or of a certificate."""

    method: Method
    thumbprint: str


def read_binding(claims: Mapping[str, JsonValue]) -> Binding | None:
    """Return what a token is bound to; None for a bearer token.

    Raises:
        InvalidTokenError: A confirmation is not understood, which is not one that may be left out; code
            `unproven_possession`.
    """
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    # Exactly one member: with two, both would have to be proven.
    if isinstance(confirmation, Mapping) and len(confirmation) == 1:
        ((method, thumbprint),) = confirmation.items()
        if method in _METHODS and isinstance(thumbprint, str):
            return Binding(cast("Method", method), thumbprint)
    raise unproven()


def unproven() -> InvalidTokenError:
    """Make the refusal of a bound token that came without its proof, or with one that is not offered here."""
    return InvalidTokenError("The access token must come with a proof.", code="unproven_possession")
