"""Claims → the JSON that gets signed, or an error where no verifier would take them (RFC 7519 §4.1)."""

from typing import Final

import msgspec

from tokensmith.jose import strict_json
from tokensmith.jose.jwt.claims import RegisteredClaims
from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE
from tokensmith.jose.strict_json import JsonValue

_DATES: Final = frozenset({"exp", "nbf", "iat"})
_TEXTS: Final = frozenset({"iss", "sub", "aud", "jti"})
_convert: Final = msgspec.convert


def write_claims(claims: dict[str, JsonValue]) -> bytes:
    """Write claims as compact UTF-8 JSON.

    Raises:
        TypeError: A claim is no JSON.
        ValueError: A registered claim has not its type, or as of `strict_json.encode`.
    """
    if _are_simple(claims):
        return strict_json.encode_simple(claims)
    check_registered(claims)
    return strict_json.encode(claims)


def check_registered(claims: dict[str, JsonValue]) -> None:
    """Refuse registered claims of the wrong type.

    Raises:
        ValueError: What nobody could verify is not worth signing, and here the mistake is the caller's.
    """
    try:
        _convert(claims, RegisteredClaims)
    except msgspec.ValidationError as error:
        raise ValueError(f"A registered claim has the wrong type. {error}") from None


def _are_simple(claims: dict[str, JsonValue]) -> bool:
    """Tell whether all are texts and whole numbers in their places: the usual case, in one look at each.

    Says no where a closer look is needed. Whatever passes here passes both checks, each of which looks at every claim.
    """
    for name, value in claims.items():
        if (
            (type(value) is not str or name in _DATES)
            and (type(value) is not int or not 0 <= value <= MAX_NUMERIC_DATE or name in _TEXTS)
        ) or type(name) is not str:
            return False
    return True
