"""PyJWT's checks of the claims, in PyJWT's order, on the types of RFC 7519 §4.1.

The order decides which exception a token with two faults gets, and programs branch on it; `tokensmith.jose.jwt` has
the time last. Unlike PyJWT a date is a JSON number: text, true and false are not made into one.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import floor, isfinite
from typing import Self

from tokensmith.compat.pyjwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidJTIError,
    InvalidSubjectError,
    InvalidTokenError,
    MissingRequiredClaimError,
)
from tokensmith.compat.pyjwt.options import Checks
from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE
from tokensmith.jose.jwt.rules import MAX_LEEWAY_SECONDS
from tokensmith.jose.strict_json import JsonValue

Claims = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a caller expects of a token's claims; None where it does not say."""

    audience: str | tuple[str, ...] | None
    issuer: str | Container[str] | None
    subject: str | None
    leeway_seconds: float

    @classmethod
    def build(
        cls,
        *,
        audience: str | Iterable[str] | None,
        issuer: str | Container[str] | None,
        subject: str | None,
        leeway: float | timedelta,
    ) -> Self:
        """Check a caller's expectations.

        Raises:
            TypeError: *audience* or *leeway* is of another type.
            ValueError: *leeway* is above 600 seconds, or no finite number.
        """
        if not (audience is None or isinstance(audience, str | Iterable)):
            raise TypeError("audience is a string, an iterable of strings, or None.")
        return cls(
            audience=audience if audience is None or isinstance(audience, str) else tuple(audience),
            issuer=issuer,
            subject=subject,
            leeway_seconds=_seconds(leeway),
        )


def check_claims(claims: Claims, checks: Checks, *, expected: Expected, now: float) -> None:
    """Check the claims of one token.

    Args:
        claims: As they were read.
        checks: Which checks to make.
        expected: What to compare with.
        now: Seconds since 1970.

    Raises:
        InvalidTokenError: The first check that does not hold, by its own class.
    """
    for name in checks.require:
        if claims.get(name) is None:
            raise MissingRequiredClaimError(name)
    _check_times(claims, checks, earliest=now - expected.leeway_seconds, latest=now + expected.leeway_seconds)
    if checks.verify_iss and expected.issuer is not None:
        _check_issuer(claims, expected.issuer)
    if checks.verify_aud:
        _check_audience(claims, expected.audience, strict=checks.strict_aud)
    if checks.verify_sub and "sub" in claims:
        _check_subject(claims["sub"], expected.subject)
    if checks.verify_jti and not isinstance(claims.get("jti", ""), str):
        raise InvalidJTIError('The claim "jti" is not a string.')


def _check_times(claims: Claims, checks: Checks, *, earliest: float, latest: float) -> None:
    if checks.verify_iat and "iat" in claims and _date(claims, "iat", InvalidIssuedAtError) > latest:
        raise ImmatureSignatureError("The token was issued in the future.")
    if checks.verify_nbf and "nbf" in claims and _date(claims, "nbf", DecodeError) > latest:
        raise ImmatureSignatureError("The token is not valid yet.")
    if checks.verify_exp and "exp" in claims and _date(claims, "exp", DecodeError) <= earliest:
        raise ExpiredSignatureError("The token has expired.")


def _date(claims: Claims, name: str, refusal: type[InvalidTokenError]) -> int:
    """Read a NumericDate as PyJWT does, in whole seconds."""
    value = claims[name]
    # bool is an int in Python, and no date.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMERIC_DATE:
        raise refusal(f'The claim "{name}" is not a date.')
    return floor(value)


def _check_issuer(claims: Claims, issuer: str | Container[str]) -> None:
    if "iss" not in claims:
        raise MissingRequiredClaimError("iss")
    named = claims["iss"]
    # Equality for a string: "in" would take any part of it (CVE-2024-53861).
    accepted = (issuer,) if isinstance(issuer, str) else issuer
    try:
        if isinstance(named, str) and named in accepted:
            return
    except TypeError:
        raise InvalidIssuerError("issuer is a string or a collection of strings.") from None
    raise InvalidIssuerError("The token is from another issuer.")


def _check_audience(claims: Claims, audience: str | tuple[str, ...] | None, *, strict: bool) -> None:
    named = claims.get("aud")
    if audience is None:
        if named:
            raise InvalidAudienceError("The token is for an audience, and none is expected.")
        return
    if not named:
        raise MissingRequiredClaimError("aud")
    if strict and not (isinstance(audience, str) and isinstance(named, str)):
        raise InvalidAudienceError("The token is not for exactly one audience.")
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidAudienceError('The claim "aud" is neither a string nor a list of strings.')
    accepted = (audience,) if isinstance(audience, str) else audience
    if not any(each in names for each in accepted):
        raise InvalidAudienceError("The token is for another audience.")


def _check_subject(named: JsonValue, subject: str | None) -> None:
    if not isinstance(named, str):
        raise InvalidSubjectError('The claim "sub" is not a string.')
    if subject is not None and named != subject:
        raise InvalidSubjectError("The token is about somebody else.")


def _seconds(leeway: float | timedelta) -> float:
    seconds = leeway.total_seconds() if isinstance(leeway, timedelta) else leeway
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError("leeway is a number of seconds or a timedelta.")
    # No date is later than not-a-number, so with such a leeway no token would ever expire.
    if not isfinite(seconds) or seconds > MAX_LEEWAY_SECONDS:
        raise ValueError(f"leeway is at most {MAX_LEEWAY_SECONDS} seconds.")
    return seconds
