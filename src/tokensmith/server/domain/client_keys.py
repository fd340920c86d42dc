"""Which keys a client may register to prove itself with (RFC 7523, RFC 7591 §2 "jwks")."""

from typing import Final

from tokensmith.jose import JoseError, KeySet
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.errors import InvalidRequestError

ASSERTION_ALGORITHMS: Final = (
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "Ed448",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
)
MAX_CHARACTERS: Final = 32_768


def check_jwks(text: str) -> str:
    """Return a JWK Set in JSON if a client may register it.

    Raises:
        InvalidRequestError: no JWK Set, none but keys we cannot use, a private or a shared key among them, or too long
            (`bad_client_keys`).
    """
    if len(text) > MAX_CHARACTERS:
        raise _bad("too long")
    try:
        keys = tuple(KeySet.from_jwks(parse_object(text.encode("utf-8", "surrogatepass"))))
    except JoseError as error:
        raise _bad(error.code) from None
    if not keys:
        raise _bad("none")
    if any(key.is_private or key.alg not in ASSERTION_ALGORITHMS for key in keys):
        raise _bad("private, shared, or not for signatures")
    return text


def _bad(detail: str) -> InvalidRequestError:
    text = "A client's keys are a JWK Set of public keys that verify signatures."
    return InvalidRequestError(text, code="bad_client_keys", detail=detail)
