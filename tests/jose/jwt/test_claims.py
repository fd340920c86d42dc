"""Claims by their registered types."""

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest

from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwt.claims import Claims, RegisteredClaims, read_claims

LAST_SECOND = 253_402_300_799


def test_registered_claims_have_types() -> None:
    """RFC 7519 §4.1."""
    claims = Claims({"iss": "i", "sub": "s", "aud": ["a", "b"], "exp": 10, "nbf": 1.5, "iat": 0, "jti": "j", "x": 1})

    assert (claims.issuer, claims.subject, claims.audience, claims.token_id) == ("i", "s", ("a", "b"), "j")
    assert claims.expires_at == datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC)
    assert claims.not_before == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)
    assert claims.issued_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert claims["x"] == 1


def test_absent_claims_are_none() -> None:
    claims = Claims({})

    assert (claims.issuer, claims.subject, claims.token_id) == (None, None, None)
    assert (claims.expires_at, claims.not_before, claims.issued_at) == (None, None, None)
    assert claims.audience == ()


def test_one_audience_is_an_audience_of_one() -> None:
    """RFC 7519 §4.1.3; nobody shall search for himself in the letters of one string."""
    assert Claims({"aud": "api"}).audience == ("api",)


@pytest.mark.parametrize("claim", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", [1, True, None, ["text"], {}])
def test_names_are_strings(claim: str, value: Any) -> None:
    """F06, F12: A list as "iss" let one issuer speak for another (CVE-2025-30144)."""
    with pytest.raises(MalformedTokenError) as caught:
        read_claims({claim: value}, shape=RegisteredClaims)

    assert caught.value.code == "malformed_claim"
    assert claim in caught.value.detail


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "value",
    ["1", "", True, False, None, [1], {}, -1, -0.5, LAST_SECOND + 1, 2**70, 1e300, math.nan, math.inf, -math.inf],
)
def test_dates_are_numbers_between_1970_and_9999(claim: str, value: Any) -> None:
    """F02: RFC 7519 §2: what is there and no NumericDate is refused, not taken as absent (CVE-2026-25537)."""
    with pytest.raises(MalformedTokenError) as caught:
        read_claims({claim: value}, shape=RegisteredClaims)

    assert caught.value.code == "malformed_claim"


@pytest.mark.parametrize("value", [0, 0.0, 0.25, 1, LAST_SECOND])
def test_dates_in_range_keep_their_value(value: float) -> None:
    read = read_claims({"exp": value, "nbf": value, "iat": value}, shape=RegisteredClaims)

    assert (read.exp, read.nbf, read.iat) == (value, value, value)


@pytest.mark.parametrize("value", [1, None, {}, {"a": "b"}, [1], ["a", None], [["a"]]])
def test_an_audience_is_a_string_or_strings(value: Any) -> None:
    """F05: RFC 7519 §4.1.3 (CVE-2020-26160)."""
    with pytest.raises(MalformedTokenError) as caught:
        read_claims({"aud": value}, shape=RegisteredClaims)

    assert caught.value.code == "malformed_claim"


@pytest.mark.parametrize("value", ["a", [], ["a"], ["a", "b"]])
def test_strings_and_lists_of_strings_are_audiences(value: Any) -> None:
    assert read_claims({"aud": value}, shape=RegisteredClaims).aud == value


def test_a_refusal_names_the_type_and_not_the_value() -> None:
    """A log line need not hold what somebody put into his claims."""
    with pytest.raises(MalformedTokenError) as caught:
        read_claims({"sub": ["private"]}, shape=RegisteredClaims)

    assert "private" not in json.dumps([str(caught.value), caught.value.detail])
