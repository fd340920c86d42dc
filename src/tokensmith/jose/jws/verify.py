"""Check one signature against one chosen key (RFC 7515 §5.2)."""

from collections.abc import Callable
from typing import TypeAlias, cast

import msgspec

from tokensmith.jose import base64url
from tokensmith.jose.errors import InvalidSignatureError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.header import Header, parse_header
from tokensmith.jose.jwk import Key, KeySet
from tokensmith.jose.jws import compact
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sealed import Sealed, make_sealed

KeySource: TypeAlias = Key | KeySet | Callable[[Header], Key]
"""Where a verifier takes its key from. A callable sees a header that nothing has proven yet."""


class VerifiedJws(msgspec.Struct, frozen=True, metaclass=Sealed):
    """Bytes whose signature held. What they mean, and whether they are for us, is still the caller's to check."""

    payload: bytes
    header: Header
    key: Key
    """The key that verified it."""


def verify(token: str | bytes, keys: KeySource, *, limits: Limits = DEFAULT_LIMITS) -> VerifiedJws:
    """Verify a compact JWS.

    The algorithm is the key's; a token that names another one is refused.

    Raises:
        MalformedTokenError: It is no compact JWS, or its header breaks the rules.
        UnknownKeyError: None of *keys* is for it.
        UnacceptableTokenError: It names another algorithm than its key's, or demands an unknown extension.
        InvalidSignatureError: The signature does not match.
        KeyMaterialError: The key may not verify.
    """
    parts = compact.split(token, limits=limits)
    header = parse_header(base64url.decode(parts.header_text), limits=limits)
    key = choose_key(keys, header=header)
    if not key.verify_bytes(parts.signature, parts.signing_input):
        raise InvalidSignatureError("The signature does not match.")
    return cast("VerifiedJws", make_sealed(VerifiedJws, parts.payload, header, key))


def choose_key(keys: KeySource, *, header: Header) -> Key:
    """Find the one key for a header, bound to the very algorithm the header names.

    Raises:
        UnknownKeyError, UnacceptableTokenError: As of `verify` and `KeySet.find`.
        TypeError: A callable returned something else than a `Key`.
    """
    if isinstance(keys, KeySet):
        return keys.find(header)
    key = keys if isinstance(keys, Key) else keys(header)
    check_key(key, header=header)
    return key


def check_key(key: Key, *, header: Header) -> None:
    """Check that *key* is the one a header means: the same algorithm, and the same kid where both have one."""
    if not isinstance(key, Key):
        raise TypeError(f"A key source returns a Key, not {type(key).__name__}.")
    # RFC 8725 §3.1: compared with the key's own algorithm, exactly; "none" and "hs256" equal nobody's.
    if header.alg != key.alg:
        raise UnacceptableTokenError(
            "The token names another algorithm than its key.",
            code="algorithm_mismatch",
            detail=f"token alg={header.alg[:64]!r}, key alg={key.alg!r}",
        )
    if header.kid is not None and key.kid is not None and header.kid != key.kid:
        raise UnknownKeyError("No key here is for this token.", detail=f"token kid={header.kid!r}")
