"""What a verifier expects of a genuine token: issuer, audience, type, claims and time (RFC 7519 §7.2, RFC 8725 §3).

Rules are compared with claims only after the signature held. The time comes last, so that "expired" means that nothing
but the time is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from math import inf
from typing import Final, Literal, Self, TypeAlias

import msgspec

from tokensmith.jose.errors import (
    ExpiredTokenError,
    JoseError,
    NotYetValidTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.header import Header, media_type
from tokensmith.jose.jwt.claims import RegisteredClaims, malformed_claims, read_claims
from tokensmith.jose.jwt.numeric_date import Duration, to_seconds
from tokensmith.jose.jwt.profile_rules import claims_problems, header_problems
from tokensmith.jose.jwt.profiles import Profile
from tokensmith.jose.strict_json import JsonValue

MAX_LEEWAY_SECONDS: Final = 600
_convert: Final = msgspec.convert


class Anything(Enum):
    """The type of `ANY`."""

    ANY = "any"


ANY: Final = Anything.ANY
"""Written out where a verifier shall accept every issuer, or every audience and none."""

Expected: TypeAlias = str | AbstractSet[str] | Literal[Anything.ANY]
"""One accepted value, a set of them, or `ANY`."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """A verifier's expectations, checked once and brought into the form that is quickest to compare.

    What is wrong with a token comes as a stream of problems. Verification stops at the first of them, so every rule
    stands here once and there is no second reading of it for those who want to see them all.
    """

    profile: Profile
    """What kind of token; one of no named profile has a row of its own, made of the options."""
    issuers: AbstractSet[str] | None
    """Accepted issuers; None accepts all."""
    audiences: AbstractSet[str] | None
    """Accepted audiences; None accepts all."""
    required: tuple[str, ...]
    leeway_seconds: float
    max_age_seconds: float
    """The greatest age by "iat"; infinite where it does not matter."""
    is_profiled: bool
    """Whether *profile* asks for more than a plain token has to have."""

    @classmethod
    def build(
        cls,
        *,
        issuer: Expected,
        audience: Expected,
        typ: str | None,
        profile: Profile | None,
        leeway: Duration,
        max_age: Duration | None,
        required: Iterable[str],
        require_exp: bool,
    ) -> Self:
        """Check a verifier's options.

        Raises:
            TypeError: An option has the wrong type; one string where several are meant counts as that.
            ValueError: An option is empty or out of its range, or two contradict each other.
        """
        if isinstance(required, str):
            raise TypeError("required is a collection of claim names, not one string.")
        is_profiled = profile is not None
        if profile is None:
            exp = ("exp",) if require_exp else ()
            profile = Profile(name="token", types=(_expected_type("JWT" if typ is None else typ),), required=exp)
        elif not isinstance(profile, Profile):
            raise TypeError("profile is one of this package's, such as jwt.ID_TOKEN.")
        elif typ is not None or not require_exp:
            raise ValueError("A profile says itself which typ it has, and whether exp is required.")
        age = () if max_age is None else ("iat",)
        return cls(
            profile=profile,
            is_profiled=is_profiled,
            issuers=_accepted(issuer, name="issuer"),
            audiences=_accepted(audience, name="audience"),
            required=tuple(dict.fromkeys([*profile.required, *age, *required])),
            leeway_seconds=_leeway_seconds(leeway),
            max_age_seconds=_age_seconds(max_age),
        )

    def header_problems(self, header: Header) -> Iterator[JoseError]:
        """Find what only a JWT's header has to keep to (RFC 7519 §5, RFC 8725 §3.11, RFC 7797 §7).

        The codes are `wrong_type`, `nested_token`, and those of `profile_rules.header_problems`.
        """
        typ = header.typ
        # "JWT" is what every token may call itself, or not: absence says as little. Any other type has to be claimed.
        if (media_type(typ) if typ is not None else "jwt") not in self.profile.types:
            yield UnacceptableTokenError("The token is of another type.", code="wrong_type", detail=f"typ={typ!r:.64}")
        if "cty" in header:
            yield UnacceptableTokenError("The token's content is not a set of claims.", code="nested_token")
        yield from header_problems(self.profile, header)

    def claims_problems(self, claims: Mapping[str, JsonValue], *, now: float) -> Iterator[JoseError]:
        """Find what is wrong with the claims of a token whose signature held, the time last.

        The codes are `missing_claim`, `malformed_claim`, `wrong_issuer`, `wrong_audience`, those of
        `profile_rules.claims_problems`, and then `expired`, `too_old`, `not_yet_valid` and `issued_in_the_future`.
        """
        for name in self.required:
            if claims.get(name) is None:
                yield UnacceptableTokenError("A required claim is missing.", code="missing_claim", detail=name)
        try:
            named = _convert(claims, self.profile.shape)
        except msgspec.ValidationError:
            wrong = malformed_claims(claims, shape=self.profile.shape)
            yield from wrong.values()
            named = read_claims({n: value for n, value in claims.items() if n not in wrong}, shape=self.profile.shape)
        if self.issuers is not None and named.iss not in self.issuers:
            yield UnacceptableTokenError(
                "The token is from another issuer.", code="wrong_issuer", detail=f"iss={named.iss!r:.256}"
            )
        if self.audiences is not None:
            aud = named.aud
            if self.audiences.isdisjoint((aud,) if isinstance(aud, str) else aud):
                yield UnacceptableTokenError(
                    "The token is for another audience.", code="wrong_audience", detail=f"aud={aud!r:.256}"
                )
        if self.is_profiled:
            yield from claims_problems(self.profile, claims, named, audiences=self.audiences)
        earliest = now - self.leeway_seconds
        latest = now + self.leeway_seconds
        oldest = earliest - self.max_age_seconds
        # RFC 7519 §4.1.4: "on or after" the expiry it is over, so the very second counts as expired.
        if named.exp <= earliest or named.nbf > latest or not oldest <= named.iat <= latest:
            yield from _time_problems(named, earliest=earliest, oldest=oldest, latest=latest)

    def good_between(self, claims: Mapping[str, JsonValue]) -> tuple[float, float]:
        """Say from when on and until when the time is right for claims that were accepted; the end is excluded."""
        named = read_claims(claims, shape=self.profile.shape)
        begin = max(named.nbf, named.iat) - self.leeway_seconds
        return begin, min(named.exp, named.iat + self.max_age_seconds) + self.leeway_seconds


def _time_problems(
    claims: RegisteredClaims, *, earliest: float, oldest: float, latest: float
) -> Iterator[ExpiredTokenError | NotYetValidTokenError]:
    if claims.exp <= earliest:
        yield ExpiredTokenError("The token has expired.", detail=f"exp={claims.exp} earliest={earliest}")
    if claims.iat < oldest:
        yield ExpiredTokenError("The token is too old.", code="too_old", detail=f"iat={claims.iat} oldest={oldest}")
    if claims.nbf > latest:
        yield NotYetValidTokenError("The token is not valid yet.", detail=f"nbf={claims.nbf} latest={latest}")
    # One that says it comes from the future was made by a clock that cannot be trusted with the other two.
    if claims.iat > latest:
        yield NotYetValidTokenError(
            "The token was issued in the future.",
            code="issued_in_the_future",
            detail=f"iat={claims.iat} latest={latest}",
        )


def _leeway_seconds(leeway: Duration) -> float:
    seconds = to_seconds(leeway, name="leeway")
    if not 0 <= seconds <= MAX_LEEWAY_SECONDS:
        raise ValueError(f"leeway is 0 to {MAX_LEEWAY_SECONDS} seconds.")
    return seconds


def _age_seconds(max_age: Duration | None) -> float:
    seconds = inf if max_age is None else to_seconds(max_age, name="max_age")
    if seconds <= 0:
        raise ValueError("max_age is more than 0 seconds.")
    return seconds


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
    return media_type(typ)
