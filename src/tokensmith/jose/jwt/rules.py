"""What a verifier expects of a genuine token: issuer, audience, type, claims and time (RFC 7519 §7.2, RFC 8725 §3).

Rules are compared with claims only after the signature held. The time comes last, so that "expired" means that nothing
but the time is wrong.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, Self, TypeAlias

from tokensmith.jose.errors import (
    ExpiredTokenError,
    NotYetValidTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.header import Header
from tokensmith.jose.jwt.claims import RegisteredClaims, read_registered
from tokensmith.jose.jwt.numeric_date import Duration, to_seconds
from tokensmith.jose.strict_json import JsonValue

MAX_LEEWAY_SECONDS: Final = 600


class Anything(Enum):
    """The type of `ANY`."""

    ANY = "any"


ANY: Final = Anything.ANY
"""Written out where a verifier shall accept every issuer, or every audience and none."""

Expected: TypeAlias = str | AbstractSet[str] | Literal[Anything.ANY]
"""One accepted value, a set of them, or `ANY`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A verifier's expectations, checked once and brought into the form that is quickest to compare."""

    issuers: AbstractSet[str] | None
    """Accepted issuers; None accepts all."""
    audiences: AbstractSet[str] | None
    """Accepted audiences; None accepts all."""
    media_type: str
    """The expected "typ", in lower case and without "application/"."""
    required: tuple[str, ...]
    leeway_seconds: float

    @classmethod
    def build(
        cls,
        *,
        issuer: Expected,
        audience: Expected,
        typ: str,
        leeway: Duration,
        required: Iterable[str],
        require_exp: bool,
    ) -> Self:
        """Check a verifier's options.

        Raises:
            TypeError: An option has the wrong type; one string where several are meant counts as that.
            ValueError: An option is empty, or the leeway is outside 0 to 600 seconds.
        """
        leeway_seconds = to_seconds(leeway, name="leeway")
        if not 0 <= leeway_seconds <= MAX_LEEWAY_SECONDS:
            raise ValueError(f"leeway is 0 to {MAX_LEEWAY_SECONDS} seconds.")
        if isinstance(required, str):
            raise TypeError("required is a collection of claim names, not one string.")
        return cls(
            issuers=_accepted(issuer, name="issuer"),
            audiences=_accepted(audience, name="audience"),
            media_type=_expected_type(typ),
            required=tuple(dict.fromkeys([*(["exp"] if require_exp else []), *required])),
            leeway_seconds=leeway_seconds,
        )

    def check_header(self, header: Header) -> None:
        """Check what only a JWT's header has to keep to (RFC 7519 §5, RFC 8725 §3.11, RFC 7797 §7).

        Raises:
            UnacceptableTokenError: code `wrong_type` or `nested_token`.
        """
        typ = header.typ
        # "JWT" is what every token may call itself, or not: absence says as little. Any other type has to be claimed.
        if (_media_type(typ) if typ is not None else "jwt") != self.media_type:
            raise UnacceptableTokenError("The token is of another type.", code="wrong_type", detail=f"typ={typ!r:.64}")
        if "cty" in header:
            raise UnacceptableTokenError("The token's content is not a set of claims.", code="nested_token")

    def check_claims(self, claims: Mapping[str, JsonValue], *, now: float) -> None:
        """Check the claims of a token whose signature held.

        Raises:
            MalformedTokenError: A registered claim has the wrong type; code `malformed_claim`.
            UnacceptableTokenError: code `missing_claim`, `wrong_issuer` or `wrong_audience`.
            ExpiredTokenError, NotYetValidTokenError: Only the time is wrong.
        """
        for name in self.required:
            if claims.get(name) is None:
                raise UnacceptableTokenError("A required claim is missing.", code="missing_claim", detail=name)
        named = read_registered(claims)
        if self.issuers is not None and named.iss not in self.issuers:
            raise UnacceptableTokenError(
                "The token is from another issuer.", code="wrong_issuer", detail=f"iss={named.iss!r:.256}"
            )
        if self.audiences is not None:
            aud = named.aud
            if self.audiences.isdisjoint((aud,) if isinstance(aud, str) else aud):
                raise UnacceptableTokenError(
                    "The token is for another audience.", code="wrong_audience", detail=f"aud={aud!r:.256}"
                )
        earliest = now - self.leeway_seconds
        latest = now + self.leeway_seconds
        # RFC 7519 §4.1.4: "on or after" the expiry it is over, so the very second counts as expired.
        if named.exp <= earliest:
            raise ExpiredTokenError("The token has expired.", detail=f"exp={named.exp} now={now}")
        if named.nbf > latest or named.iat > latest:
            raise _too_early(named, latest=latest)


def _too_early(claims: RegisteredClaims, *, latest: float) -> NotYetValidTokenError:
    if claims.nbf > latest:
        return NotYetValidTokenError("The token is not valid yet.", detail=f"nbf={claims.nbf} latest={latest}")
    # One that says it comes from the future was made by a clock that cannot be trusted with the other two.
    return NotYetValidTokenError(
        "The token was issued in the future.", code="issued_in_the_future", detail=f"iat={claims.iat} latest={latest}"
    )


def _accepted(expected: Expected, *, name: str) -> AbstractSet[str] | None:
    if expected is ANY:
        return None
    if isinstance(expected, str):
        accepted = frozenset({expected})
    elif isinstance(expected, AbstractSet):
        accepted = frozenset(expected)
    else:
        raise TypeError(f"{name} is a string, a set of strings, or jwt.ANY.")
    if not all(isinstance(each, str) for each in accepted):
        raise TypeError(f"{name} is a string, a set of strings, or jwt.ANY.")
    if not accepted or "" in accepted:
        raise ValueError(f"{name} is empty; say jwt.ANY if any will do.")
    return accepted


def _expected_type(typ: str) -> str:
    if not isinstance(typ, str):
        raise TypeError('typ is a string, such as "JWT" or "at+jwt".')
    if not typ:
        raise ValueError("typ is empty.")
    return _media_type(typ)


def _media_type(typ: str) -> str:
    """Bring "typ" into one form (RFC 7515 §4.1.9): media types ignore case, and "application/" may be left out."""
    lower = typ.lower()
    bare = lower.removeprefix("application/")
    return lower if "/" in bare else bare
