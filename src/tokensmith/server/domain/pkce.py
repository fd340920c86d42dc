"""Proof key for code exchange, S256 and nothing else (RFC 7636; OAuth 2.1 §4.1.1 and §7.5.1 leave `plain` out)."""

import hashlib
import hmac
from typing import Final

from tokensmith.jose import base64url
from tokensmith.server.domain.errors import InvalidRequestError

METHOD: Final = "S256"
_CHALLENGE_CHARACTERS: Final = 43
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_URL_SAFE: Final = _UNRESERVED - frozenset(".~")


def check_challenge(challenge: str | None, *, method: str | None, required: bool) -> str | None:
    """Return the challenge of an authorization request, if it has one.

    Raises:
        InvalidRequestError: there is none and *required* (`pkce_missing`), the method is not S256 (`pkce_method`;
            RFC 7636 §4.3: none named is `plain`), or it is no SHA-256 in base64url (`pkce_malformed`).
    """
    if challenge is None:
        if required or method is not None:
            raise InvalidRequestError("code_challenge is missing.", code="pkce_missing")
        return None
    if method != METHOD:
        raise InvalidRequestError("code_challenge_method must be S256.", code="pkce_method", detail=repr(method))
    if len(challenge) != _CHALLENGE_CHARACTERS or not _URL_SAFE.issuperset(challenge):
        raise InvalidRequestError("code_challenge is malformed.", code="pkce_malformed")
    return challenge


def proves(verifier: str | None, challenge: str | None) -> bool:
    """Tell whether *verifier* is the one behind *challenge*.

    A verifier without a challenge is refused too: somebody may have taken the challenge out of the request
    (RFC 9700 §4.8.2).
    """
    if verifier is None or challenge is None:
        return verifier is None and challenge is None
    if not 43 <= len(verifier) <= 128 or not _UNRESERVED.issuperset(verifier):
        return False
    made = base64url.encode(hashlib.sha256(verifier.encode("ascii")).digest())
    return hmac.compare_digest(made, challenge)
