"""What a token is bound to, as one text for flows and tables (RFC 9449 §6.1, RFC 8705 §3.1).

A key is named by its thumbprint, a certificate by its own with a word before it. Nobody else looks into such a name.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, Literal

from tokensmith.jose import base64url
from tokensmith.jose.strict_json import JsonValue

_OF_KEY: Final = "jkt"
_OF_CERTIFICATE: Final = "x5t#S256"
# No thumbprint has a colon: base64url ends before it.
_BEFORE_CERTIFICATE: Final = f"{_OF_CERTIFICATE}:"


def name_certificate(certificate: bytes) -> str:
    """Return the name of a certificate in DER: RFC 8705 §3.1, the SHA-256 of all of it."""
    return _BEFORE_CERTIFICATE + base64url.encode(hashlib.sha256(certificate).digest())


def is_certificate(name: str) -> bool:
    """Tell whether a name is that of a certificate; the others are those of keys."""
    return name.startswith(_BEFORE_CERTIFICATE)


def confirmation(name: str) -> dict[str, JsonValue]:
    """Return the claim "cnf" of a token that is bound to what *name* names (RFC 7800 §3.1)."""
    if is_certificate(name):
        return {_OF_CERTIFICATE: name.removeprefix(_BEFORE_CERTIFICATE)}
    return {_OF_KEY: name}


def token_type(claims: Mapping[str, object]) -> Literal["Bearer", "DPoP"]:
    """Return under which scheme a token of ours is sent, by its claims.

    One that is bound to a certificate is sent as any other: the proof is the connection (RFC 8705 §3).
    """
    bound = claims.get("cnf")
    return "DPoP" if isinstance(bound, Mapping) and _OF_KEY in bound else "Bearer"
