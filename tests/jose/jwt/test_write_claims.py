"""Claims are written alike, or refused alike, whether or not they are simple enough for one look (RFC 7519 §4.1)."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose import strict_json
from tokensmith.jose.jwt.numeric_date import MAX_NUMERIC_DATE
from tokensmith.jose.jwt.write_claims import check_registered, write_claims


class Colour(StrEnum):
    RED = "red"


NAMES = st.sampled_from(["iss", "sub", "aud", "jti", "exp", "nbf", "iat", "scope", "é", "\ud800", Colour.RED, 1, b"x"])
VALUES = st.one_of(
    st.text(max_size=3),
    st.integers(-2, 2),
    st.integers(MAX_NUMERIC_DATE - 1, MAX_NUMERIC_DATE + 1),
    st.sampled_from([True, None, 1.5, float("nan"), b"x", (1,), [1], {"a": 1}, {1}, Colour.RED, "\ud800", 10**30]),
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_one_look_and_two_checks_agree(claims: dict[Any, Any]) -> None:
    assert outcome(write_claims, claims) == outcome(written_with_both_checks, claims)


def written_with_both_checks(claims: dict[Any, Any]) -> bytes:
    check_registered(claims)
    return strict_json.encode(claims)


def outcome(write: Any, claims: Any) -> Any:
    try:
        return write(claims)
    except (TypeError, ValueError, OverflowError) as error:
        return next(kind for kind in (TypeError, ValueError, OverflowError) if isinstance(error, kind))


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "jti"])
def test_a_number_is_no_text(name: str) -> None:
    with pytest.raises(ValueError, match="wrong type"):
        write_claims({name: 1})


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_text_is_no_date(name: str) -> None:
    with pytest.raises(ValueError, match="wrong type"):
        write_claims({name: "1"})


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_date_is_between_1970_and_the_year_9999(name: str) -> None:
    assert write_claims({name: 0}) == b'{"%b":0}' % name.encode()
    assert write_claims({name: MAX_NUMERIC_DATE}) == b'{"%b":%d}' % (name.encode(), MAX_NUMERIC_DATE)
    for seconds in (-1, MAX_NUMERIC_DATE + 1):
        with pytest.raises(ValueError, match="wrong type"):
            write_claims({name: seconds})


def test_a_name_is_a_text() -> None:
    names: list[Any] = [1, b"x", None]
    for name in names:
        with pytest.raises((TypeError, ValueError)):
            write_claims({name: "x"})


@pytest.mark.parametrize("value", [b"x", {1}, Colour.RED, object()])
def test_a_claim_is_json(value: Any) -> None:
    with pytest.raises(TypeError):
        write_claims({"x": value})
