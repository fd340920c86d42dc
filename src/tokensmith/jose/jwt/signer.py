"""Signer: claims and a Key → one signed token (RFC 7519 §7.1).

The protected header is the same for every token of a signer, so it is encoded once.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final, Never

from tokensmith.jose import base64url
from tokensmith.jose.jwa.descriptor import SignBytes
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws import compact
from tokensmith.jose.jws.sign import encode_header
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration, to_seconds
from tokensmith.jose.jwt.write_claims import check_registered, write_claims
from tokensmith.jose.strict_json import JsonValue

DEFAULT_LIFETIME: Final = timedelta(minutes=15)
_TOKEN_ID_BYTES: Final = 16


class Signer:
    """Makes tokens of one kind; frozen, and safe to share between threads.

    Args:
        key: A private key or a shared secret.
        issuer: Who we are; becomes "iss".
        audience: Whom the tokens are for, one name or several; becomes "aud".
        lifetime: From "iat" to "exp", at least one whole second.
        typ: The "typ" header parameter. Say a type of your own, such as "at+jwt", where tokens of several kinds exist.
        clock: Says the time.

    Raises:
        TypeError, ValueError: An option makes no sense.
        KeyMaterialError: The key cannot sign; code `key_operation`.
    """

    __slots__ = ("_fixed", "_header", "_lifetime_seconds", "_now", "_sign_bytes")

    _fixed: dict[str, JsonValue]
    _header: bytes
    _lifetime_seconds: int
    _now: Callable[[], float]
    _sign_bytes: SignBytes

    def __init__(
        self,
        key: Key,
        *,
        issuer: str | None = None,
        audience: str | Collection[str] | None = None,
        lifetime: Duration = DEFAULT_LIFETIME,
        typ: str = "JWT",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        lifetime_seconds = to_seconds(lifetime, name="lifetime")
        if lifetime_seconds < 1 or lifetime_seconds != int(lifetime_seconds):
            raise ValueError("lifetime is a whole number of seconds, at least 1.")
        if issuer == "" or (audience is not None and not audience):
            raise ValueError("issuer or audience is empty.")
        fixed: dict[str, JsonValue] = {}
        if issuer is not None:
            fixed["iss"] = issuer
        if audience is not None:
            fixed["aud"] = audience if isinstance(audience, str) else list(audience)
        check_registered(fixed)
        set_once = super().__setattr__
        set_once("_fixed", fixed)
        set_once("_header", encode_header(key, header={"typ": typ}) + b".")
        set_once("_sign_bytes", key.sign_bytes)
        set_once("_lifetime_seconds", int(lifetime_seconds))
        set_once("_now", clock.now)

    def sign(self, claims: Mapping[str, JsonValue]) -> str:
        """Sign claims; the result is a compact JWS.

        Fills in "iss", "aud", "iat", "exp" and "jti" (128 random bits) where *claims* does not say them itself. The
        mapping given stays as it is.

        Raises:
            TypeError, ValueError: A claim is no JSON, or a registered one has not its type (RFC 7519 §4.1).
            KeyMaterialError: The key may not sign; code `key_operation`.
        """
        now = int(self._now())
        filled: dict[str, JsonValue] = self._fixed.copy()
        filled["iat"] = now
        filled["exp"] = now + self._lifetime_seconds
        filled.update(claims)
        if "jti" not in filled:
            filled["jti"] = base64url.encode(secrets.token_bytes(_TOKEN_ID_BYTES))
        signing_input = self._header + base64url.encode_bytes(write_claims(filled))
        return compact.join(signing_input, signature=self._sign_bytes(signing_input))

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A Signer is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A Signer is frozen.")


def sign(
    claims: Mapping[str, JsonValue],
    key: Key,
    *,
    issuer: str | None = None,
    audience: str | Collection[str] | None = None,
    lifetime: Duration = DEFAULT_LIFETIME,
    typ: str = "JWT",
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Sign one token; arguments and errors are those of `Signer`, which is the quicker choice for many tokens."""
    return Signer(key, issuer=issuer, audience=audience, lifetime=lifetime, typ=typ, clock=clock).sign(claims)
