"""Verifier.problems: everything that is wrong with a token at once."""

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwt.kinds import CLAIMS, PROFILES
from tests.jose.jwt.kinds import token as token_of
from tests.jose.jwt.kinds import verifier as verifier_of
from tests.jose.jwt.tokens import KEY, NOW, good_claims, good_token, spell, verifier
from tokensmith.jose import JoseError, Key, jwt
from tokensmith.jose.errors import InvalidSignatureError, UnacceptableTokenError
from tokensmith.jose.jwt import Claims, Profile

STRANGER = Key.generate("HS256")
OTHERS = {"iss": "https://evil.example", "aud": "https://other.example", "exp": NOW - 1, "nbf": NOW + 1}


def codes(token: str | bytes, **options: object) -> list[str]:
    return [problem.code for problem in verifier(**options).problems(token)]


def test_a_good_token_has_none() -> None:
    assert verifier().problems(good_token()) == ()
    assert verifier().problems(good_token().encode()) == ()
    assert verifier(None).problems(good_token(), key=KEY) == ()


def test_all_of_them_are_reported() -> None:
    """Who sets up an issuer wants to correct it once, not six times."""
    token = spell({"alg": "HS256", "typ": "at+jwt", "cty": "JWT"}, good_claims(**OTHERS))

    assert codes(token, required=["client_id", "scope"]) == [
        "wrong_type",
        "nested_token",
        "missing_claim",
        "missing_claim",
        "wrong_issuer",
        "wrong_audience",
        "expired",
        "not_yet_valid",
    ]


def test_each_claim_of_the_wrong_type_is_named() -> None:
    problems = verifier(audience=jwt.ANY).problems(good_token(sub=1, jti=2, aud=None, exp="soon"))

    assert [problem.code for problem in problems] == ["malformed_claim"] * 4
    assert sorted(problem.detail.rpartition("`$.")[2].rstrip("`") for problem in problems) == [
        "aud",
        "exp",
        "jti",
        "sub",
    ]


def test_a_profile_reports_all_too() -> None:
    token = token_of(jwt.ID_TOKEN, sub=CLAIMS[jwt.ID_TOKEN]["iss"], iat=..., events={}, azp="another", exp=NOW - 1)

    assert [problem.code for problem in verifier_of(jwt.ID_TOKEN).problems(token)] == [
        "missing_claim",
        "forbidden_claim",
        "wrong_subject",
        "untrusted_audience",
        "expired",
    ]


def test_of_a_forged_token_nothing_else_is_said() -> None:
    """F09: its claims are the forger's, and so would be what is said about them (CVE-2024-51744)."""
    forged = spell({"alg": "HS256", "typ": "at+jwt"}, good_claims(**OTHERS), key=STRANGER)
    (problem,) = verifier().problems(forged)

    assert isinstance(problem, InvalidSignatureError)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "malformed"),
        (b"\xff", "malformed"),
        (good_token() + "=", "base64url"),
        (spell({"typ": "JWT"}, good_claims()), "malformed_header"),
        (spell({"alg": "none", "typ": "x"}, good_claims()), "algorithm_mismatch"),
        (spell({"alg": "HS256", "kid": "other"}, good_claims()), "unknown_key"),
        (spell({"alg": "HS256"}, b"[]"), "not_an_object"),
    ],
)
def test_what_comes_before_the_claims_stands_alone(token: str | bytes, code: str) -> None:
    assert codes(token) == [code]


def test_a_key_that_is_given_is_compared_with_the_header() -> None:
    """RFC 8725 §3.1: the algorithm is the key's."""
    (problem,) = verifier(None).problems(spell({"alg": "HS512"}, good_claims()), key=KEY)

    assert problem.code == "algorithm_mismatch"


class Access(msgspec.Struct, frozen=True):
    """What an API wants to know."""

    scope: str


def refuse(claims: Claims) -> None:
    raise UnacceptableTokenError("Not today.", code="not_today", detail=claims.subject or "")


def test_the_type_and_the_checks_of_the_caller_count() -> None:
    assert codes(good_token(), claims_type=Access) == ["claims_mismatch"]
    assert codes(good_token(), checks=[refuse]) == ["not_today"]


def test_checks_are_asked_about_claims_that_hold() -> None:
    """They may rely on what is required; that it is late is no reason not to ask them."""
    assert codes(good_token(exp=NOW), checks=[refuse]) == ["expired", "not_today"]
    assert codes(good_token(nbf=NOW + 1), checks=[refuse]) == ["not_yet_valid", "not_today"]
    assert codes(good_token(iss="https://evil.example"), checks=[refuse]) == ["wrong_issuer"]


def _first_problem(checking: jwt.Verifier, token: str) -> str | None:
    try:
        checking.verify(token)
    except JoseError as error:
        return error.code
    return None


VALUES = st.sampled_from([None, 0, -1, NOW, NOW - 1, NOW + 1, 1.5, True, "", "x", ["x"], [], {}, {"x": {}}, float(NOW)])


@given(
    profile=st.sampled_from(PROFILES),
    changes=st.dictionaries(
        st.sampled_from(sorted({name for claims in CLAIMS.values() for name in claims} | {"azp", "nbf", "ath", "ttl"})),
        VALUES | st.just(...),
        max_size=4,
    ),
)
def test_verify_raises_the_first_of_them(profile: Profile, changes: Mapping[str, object]) -> None:
    """One set of rules, read in one order: what passes has no problem, and what has one does not pass."""
    checking = verifier_of(profile)
    token = token_of(profile, **changes)
    problems = [problem.code for problem in checking.problems(token)]

    assert _first_problem(checking, token) == (problems[0] if problems else None)
