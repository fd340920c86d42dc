"""What a verifier expects of the time."""

import json
from datetime import timedelta

import pytest

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, NOW, code_of, good_claims, good_token, passes, spell, verifier
from tests.jose.jwt.tokens import StoppedClock as At
from tokensmith.jose.errors import ExpiredTokenError, NotYetValidTokenError, RefusedTokenError


@pytest.mark.parametrize(("now", "good"), [(999, True), (999.9, True), (1000, False), (1000.1, False), (1001, False)])
def test_expiry_is_exclusive(now: float, good: bool) -> None:
    """F03: RFC 7519 §4.1.4: not accepted "on or after" exp."""
    token = good_token(exp=1000, iat=0)

    if good:
        assert passes(token, clock=At(now))
    else:
        with pytest.raises(ExpiredTokenError) as caught:
            verifier(clock=At(now)).verify(token)
        assert caught.value.code == "expired"


@pytest.mark.parametrize(("now", "good"), [(999, False), (999.9, False), (1000, True), (1001, True)])
def test_not_before_is_inclusive(now: float, good: bool) -> None:
    """RFC 7519 §4.1.5: good from nbf on."""
    token = good_token(nbf=1000, iat=0)

    if good:
        assert passes(token, clock=At(now))
    else:
        with pytest.raises(NotYetValidTokenError) as caught:
            verifier(clock=At(now)).verify(token)
        assert caught.value.code == "not_yet_valid"


@pytest.mark.parametrize(("now", "good"), [(999, False), (999.9, False), (1000, True)])
def test_a_token_from_the_future_is_too_early(now: float, good: bool) -> None:
    """Whoever's clock made it, its other two times mean nothing here yet."""
    token = good_token(iat=1000)

    if good:
        assert passes(token, clock=At(now))
    else:
        with pytest.raises(NotYetValidTokenError) as caught:
            verifier(clock=At(now)).verify(token)
        assert caught.value.code == "issued_in_the_future"


@pytest.mark.parametrize(("now", "good"), [(989, False), (990, True), (1009, True), (1009.9, True), (1010, False)])
def test_leeway_forgives_in_both_directions(now: float, good: bool) -> None:
    """RFC 7519 §4.1.4, §4.1.5: "some small leeway"."""
    token = good_token(nbf=1000, iat=1000, exp=1000)

    if good:
        assert passes(token, clock=At(now), leeway=10)
    else:
        assert code_of(token, clock=At(now), leeway=10) in {"expired", "not_yet_valid"}


def test_fractions_of_a_second_count() -> None:
    """RFC 7519 §2 allows them; rounding up would lengthen a life."""
    assert passes(good_token(exp=1000.5, iat=0), clock=At(1000.25))
    assert code_of(good_token(exp=1000.5, iat=0), clock=At(1000.5)) == "expired"


def test_a_token_both_too_late_and_too_early_is_too_late() -> None:
    """Nobody need wait for it."""
    assert code_of(good_token(nbf=NOW + 100, exp=NOW - 100)) == "expired"


def test_there_is_no_limit_to_what_an_absent_date_allows() -> None:
    assert passes(spell({"alg": "HS256"}, {"iss": ISSUER, "aud": AUDIENCE}), require_exp=False)


@pytest.mark.parametrize("leeway", [0, 600, timedelta(0), timedelta(minutes=10)])
def test_leeway_has_a_range(leeway: object) -> None:
    """F04: ten minutes at most."""
    assert verifier(leeway=leeway)


@pytest.mark.parametrize("leeway", [-1, 601, timedelta(minutes=10, microseconds=1), timedelta(days=1)])
def test_leeway_outside_its_range_is_the_callers_mistake(leeway: object) -> None:
    """F04: A day of leeway is a day more for every stolen token."""
    with pytest.raises(ValueError, match="0 to 600"):
        verifier(leeway=leeway)


@pytest.mark.parametrize(("now", "good"), [(1000, True), (1060, True), (1060.1, False), (1061, False)])
@pytest.mark.parametrize("max_age", [60, timedelta(minutes=1)])
def test_a_token_may_be_too_old_before_it_expires(max_age: object, now: float, good: bool) -> None:
    token = good_token(iat=1000, exp=5000)

    if good:
        assert passes(token, clock=At(now), max_age=max_age)
    else:
        with pytest.raises(ExpiredTokenError) as caught:
            verifier(clock=At(now), max_age=max_age).verify(token)
        assert caught.value.code == "too_old"


def test_leeway_counts_for_the_age_too() -> None:
    token = good_token(iat=1000, exp=5000)

    assert passes(token, clock=At(1070), max_age=60, leeway=10)
    assert code_of(token, clock=At(1071), max_age=60, leeway=10) == "too_old"


def test_an_age_needs_a_date_of_birth() -> None:
    """A token without "iat" would be young for ever."""
    claims = good_claims()
    del claims["iat"]

    assert passes(spell({"alg": "HS256"}, claims))
    assert code_of(spell({"alg": "HS256"}, claims), max_age=60) == "missing_claim"


@pytest.mark.parametrize(("max_age", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_an_age_is_a_length_of_time(max_age: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_age is"):
        verifier(max_age=max_age)


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", "-1", '"1"', "true", "null", "[1]", "9e99"])
def test_what_is_written_for_a_date_is_a_date(claim: str, text: str) -> None:
    """F02: as it comes over the wire; none of these is forgiven, nor taken for absent."""
    claims = good_claims()
    claims.pop(claim, None)
    payload = f'{json.dumps(claims)[:-1]},"{claim}":{text}}}'.encode()

    with pytest.raises(RefusedTokenError) as caught:
        verifier(require_exp=False).verify(spell({"alg": "HS256"}, payload))
    assert caught.value.code in {"json", "malformed_claim"}
