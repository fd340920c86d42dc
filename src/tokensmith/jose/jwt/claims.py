"""Claims: what a verified token says, with the registered claims by type (RFC 7519 §4.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.jwt.numeric_date import check_numeric_date, to_datetime
from tokensmith.jose.strict_json import JsonValue

_STRINGS: Final = ("iss", "sub", "jti")
_DATES: Final = ("exp", "nbf", "iat")


class Claims(FrozenObject):
    """A read-only mapping of claims; the registered ones are attributes too, None or empty where absent."""

    __slots__ = ()

    @property
    def issuer(self) -> str | None:
        """Who made the token: "iss"."""
        return cast("str | None", self._members.get("iss"))

    @property
    def subject(self) -> str | None:
        """Whom the token is about, unique within the issuer: "sub"."""
        return cast("str | None", self._members.get("sub"))

    @property
    def audience(self) -> tuple[str, ...]:
        """Whom the token is meant for: "aud", as a tuple also where it is one string."""
        aud = self._members.get("aud")
        return (aud,) if isinstance(aud, str) else cast("tuple[str, ...]", aud or ())

    @property
    def expires_at(self) -> datetime | None:
        """From when on it is no longer good: "exp"."""
        return self._date("exp")

    @property
    def not_before(self) -> datetime | None:
        """Until when it is not yet good: "nbf"."""
        return self._date("nbf")

    @property
    def issued_at(self) -> datetime | None:
        """When it was made: "iat"."""
        return self._date("iat")

    @property
    def token_id(self) -> str | None:
        """What tells it from the issuer's other tokens: "jti"."""
        return cast("str | None", self._members.get("jti"))

    def _date(self, claim: str) -> datetime | None:
        seconds = self._members.get(claim)
        return None if seconds is None else to_datetime(cast("float", seconds))


def check_types(claims: Mapping[str, JsonValue]) -> None:
    """Check that the registered claims that are there have the types of RFC 7519 §4.1; null is none of them.

    Raises:
        MalformedTokenError: One has not; code `malformed_claim`.
    """
    for name in _STRINGS:
        if name in claims and type(claims[name]) is not str:
            raise _malformed(name, "is not a string")
    for name in _DATES:
        if name in claims:
            check_numeric_date(claims[name], claim=name)
    if "aud" in claims:
        _check_audience(claims["aud"])


def _check_audience(aud: JsonValue) -> None:
    if type(aud) is str:
        return
    if not isinstance(aud, list | tuple):
        raise _malformed("aud", "is neither a string nor a list of strings")
    for each in aud:
        if type(each) is not str:
            raise _malformed("aud", "is neither a string nor a list of strings")


def _malformed(name: str, problem: str) -> MalformedTokenError:
    return MalformedTokenError(f'The claim "{name}" {problem}.', code="malformed_claim")
