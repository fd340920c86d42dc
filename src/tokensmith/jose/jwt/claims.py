"""Claims: what a verified token says, with the registered claims by type (RFC 7519 §4.1)."""

from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import Annotated, TypeAlias, TypeVar, cast

import msgspec

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE, to_datetime
from tokensmith.jose.strict_json import JsonValue


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
        return (aud,) if isinstance(aud, str) else tuple(cast("list[str]", aud or ()))

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


NumericDate: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=MAX_NUMERIC_DATE)]


class RegisteredClaims(msgspec.Struct, frozen=True, gc=False):
    """The registered claims as a verifier compares them; absent ones get a value that no rule takes for consent."""

    iss: str = ""
    sub: str = ""
    aud: str | list[str] = ""
    exp: NumericDate = inf
    nbf: NumericDate = 0
    iat: NumericDate = 0
    jti: str = ""


_ClaimsT = TypeVar("_ClaimsT", bound=RegisteredClaims)


def read_claims(claims: Mapping[str, JsonValue], *, shape: type[_ClaimsT]) -> _ClaimsT:
    """Check that the claims that are there have the types of *shape*, whose fields have defaults; null is none of them.

    No conversion happens on the way: a number in a string, true for 1 and a date before 1970 or after 9999 are refused.

    Raises:
        MalformedTokenError: One has not; code `malformed_claim`.
    """
    try:
        return msgspec.convert(claims, shape)
    except msgspec.ValidationError as error:
        raise _malformed(str(error)) from None


def malformed_claims(
    claims: Mapping[str, JsonValue], *, shape: type[RegisteredClaims]
) -> dict[str, MalformedTokenError]:
    """Find every claim that has not the type of *shape*, by its name; `read_claims` stops at the first."""
    wrong = {}
    for name in shape.__struct_fields__:
        if name in claims:
            try:
                read_claims({name: claims[name]}, shape=shape)
            except MalformedTokenError as error:
                wrong[name] = error
    return wrong


def _malformed(problem: str) -> MalformedTokenError:
    return MalformedTokenError("A registered claim has the wrong type.", code="malformed_claim", detail=problem)
