"""The checks of claims at the very second; which faults go before which is in test_decode_both.py."""

from collections.abc import Mapping
from datetime import timedelta
from math import inf, nan
from typing import Any

import pytest

from tokensmith.compat.pyjwt.claims import Expected, check_claims
from tokensmith.compat.pyjwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidIssuedAtError,
    InvalidTokenError,
    MissingRequiredClaimError,
)
from tokensmith.compat.pyjwt.options import Checks

NOW = 1_000.0


def expected(**arguments: Any) -> Expected:
    return Expected.build(**{"audience": None, "issuer": None, "subject": None, "leeway": 0} | arguments)


def refusal(claims: Mapping[str, Any], checks: Checks | None = None, **arguments: Any) -> type[Exception] | None:
    """The class of what is raised at second 1000."""
    try:
        check_claims(claims, checks or Checks(), expected=expected(**arguments), now=NOW)
    except InvalidTokenError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("exp", "leeway", "refused"),
    [(999, 0, True), (1000, 0, True), (1001, 0, False), (1000.9, 0, True), (990, 10, True), (991, 10, False)],
)
def test_expiry_is_exclusive(exp: float, leeway: int, refused: bool) -> None:
    """RFC 7519 §4.1.4: not accepted "on or after" exp, counted in whole seconds as PyJWT does."""
    assert refusal({"exp": exp}, leeway=leeway) is (ExpiredSignatureError if refused else None)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
@pytest.mark.parametrize(
    ("value", "leeway", "refused"),
    [(1000, 0, False), (1000.9, 0, False), (1001, 0, True), (1010, 10, False), (1011, 10, True)],
)
def test_a_beginning_is_inclusive(claim: str, value: float, leeway: int, refused: bool) -> None:
    """RFC 7519 §4.1.5, and the same for "iat", as in PyJWT."""
    assert refusal({claim: value}, leeway=leeway) is (ImmatureSignatureError if refused else None)


@pytest.mark.parametrize("value", ["2000", True, None, [], -1, 253_402_300_800, inf, nan])
def test_a_date_is_a_number_in_range(value: object) -> None:
    """RFC 7519 §2; PyJWT makes numbers of text and of true."""
    assert refusal({"exp": value}) is DecodeError
    assert refusal({"nbf": value}) is DecodeError
    assert refusal({"iat": value}) is InvalidIssuedAtError


def test_a_missing_claim_is_named() -> None:
    """PyJWT's attribute `claim`, and a text with it."""
    with pytest.raises(MissingRequiredClaimError) as missing:
        check_claims({}, Checks(require=("exp",)), expected=expected(), now=NOW)

    assert (missing.value.claim, str(missing.value)) == ("exp", 'The token has no claim "exp".')


def test_an_audience_that_is_iterated_once_is_kept() -> None:
    """A generator is an iterable too."""
    assert refusal({"aud": "b"}, audience=(each for each in "ab")) is None


@pytest.mark.parametrize("leeway", [600, 600.0, timedelta(minutes=10), -600])
def test_ten_minutes_are_the_most_to_forgive(leeway: Any) -> None:
    """A longer leeway is no difference of clocks; a negative one asks for tokens that last."""
    assert expected(leeway=leeway).leeway_seconds in (600, -600)


@pytest.mark.parametrize("leeway", [600.1, timedelta(minutes=11), inf, -inf, nan])
def test_a_leeway_that_would_keep_tokens_for_ever_is_refused(leeway: Any) -> None:
    """No date is later than not-a-number."""
    with pytest.raises(ValueError, match="600"):
        expected(leeway=leeway)


@pytest.mark.parametrize("arguments", [{"leeway": "10"}, {"leeway": True}, {"leeway": None}, {"audience": 1}])
def test_expectations_of_another_type_are_refused(arguments: dict[str, Any]) -> None:
    """The mistake is the program's, not the token's."""
    with pytest.raises(TypeError):
        expected(**arguments)
