"""What a verifier expects: required claims, issuer, audience; and in which order it is asked for."""

import re

import pytest

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, NOW, code_of, good_claims, good_token, passes, spell, verifier
from tokensmith.jose import jwt
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError


def test_expiry_is_required_by_default() -> None:
    """F03: one that never ends is stolen for good."""
    claims = good_claims()
    del claims["exp"]
    token = spell({"alg": "HS256"}, claims)

    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(token)

    assert (caught.value.code, caught.value.detail) == ("missing_claim", "exp")
    assert passes(token, require_exp=False)


def test_further_claims_can_be_required() -> None:
    assert passes(good_token(client_id="c"), required=("sub", "client_id"))
    assert code_of(good_token(), required=("sub", "client_id")) == "missing_claim"


@pytest.mark.parametrize("claim", ["sub", "client_id", "exp"])
def test_null_is_absent_where_a_claim_is_required(claim: str) -> None:
    """F14: Naming a claim is not the same as saying it."""
    assert code_of(good_token(**{claim: None}), required=("sub", "client_id")) == "missing_claim"


@pytest.mark.parametrize("value", [False, 0, "", [], {}])
def test_a_value_that_is_false_is_there(value: object) -> None:
    assert passes(good_token(flag=value), required=["flag"])


def test_one_string_is_not_a_collection_of_claims() -> None:
    """The one string would require each of its letters."""
    with pytest.raises(TypeError, match="not one string"):
        verifier(required="sub")


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "iss", "sub", "aud", "jti"])
def test_null_is_no_value_of_a_registered_claim(claim: str) -> None:
    """F02: Present and malformed is refused, also where absent would pass."""
    options = {"require_exp": False, "issuer": jwt.ANY, "audience": jwt.ANY}

    with pytest.raises(MalformedTokenError) as caught:
        verifier(**options).verify(good_token(**{claim: None}))

    assert caught.value.code == "malformed_claim"


@pytest.mark.parametrize("iss", [ISSUER + "/", ISSUER.upper(), ISSUER[:-1], "", "https://evil.example", ISSUER + " "])
def test_the_issuer_is_compared_exactly(iss: str) -> None:
    """F06: RFC 8725 §3.8; a substring test is CVE-2024-53861."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(good_token(iss=iss))

    assert caught.value.code == "wrong_issuer"


def test_a_token_without_issuer_is_from_nobody() -> None:
    claims = good_claims()
    del claims["iss"]

    assert code_of(spell({"alg": "HS256"}, claims)) == "wrong_issuer"


def test_several_issuers_can_be_accepted() -> None:
    issuers = {ISSUER, "https://other.example"}

    assert passes(good_token(), issuer=issuers)
    assert passes(good_token(iss="https://other.example"), issuer=frozenset(issuers))
    assert code_of(good_token(iss="https://third.example"), issuer=issuers) == "wrong_issuer"


def test_any_issuer_has_to_be_said() -> None:
    claims = good_claims()
    del claims["iss"]

    assert passes(good_token(iss="https://whoever.example"), issuer=jwt.ANY)
    assert passes(spell({"alg": "HS256"}, claims), issuer=jwt.ANY)


@pytest.mark.parametrize("aud", [AUDIENCE, [AUDIENCE], ["https://other.example", AUDIENCE]])
def test_the_token_has_to_name_us(aud: object) -> None:
    """F05: RFC 7519 §4.1.3."""
    assert passes(good_token(aud=aud))


@pytest.mark.parametrize(
    "aud", ["https://other.example", [], ["https://other.example"], "", AUDIENCE + "/", [AUDIENCE[:-1]]]
)
def test_a_token_for_others_is_refused(aud: object) -> None:
    """F05: membership, by equality."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(good_token(aud=aud))

    assert caught.value.code == "wrong_audience"


def test_a_token_for_nobody_is_not_for_us() -> None:
    """F05: absent where one is expected is refused."""
    claims = good_claims()
    del claims["aud"]

    assert code_of(spell({"alg": "HS256"}, claims)) == "wrong_audience"
    assert passes(spell({"alg": "HS256"}, claims), audience=jwt.ANY)


def test_a_verifier_may_go_by_several_names() -> None:
    names = {AUDIENCE, "api"}

    assert passes(good_token(aud="api"), audience=names)
    assert passes(good_token(aud=["x", "api"]), audience=names)
    assert code_of(good_token(aud="ap"), audience=names) == "wrong_audience"


def test_an_audience_is_not_searched_by_letters() -> None:
    """F05: The letters of a string are no members of it."""
    assert code_of(good_token(aud="a"), audience="api") == "wrong_audience"
    assert code_of(good_token(aud=["a", "p", "i"]), audience="api") == "wrong_audience"


@pytest.mark.parametrize("option", ["issuer", "audience"])
@pytest.mark.parametrize(
    "value", [None, 1, ["https://id.example"], ("a",), {1}, {"a", None}, {"a": "b"}, re.compile(".*"), object()]
)
def test_expectations_are_strings_sets_or_any(option: str, value: object) -> None:
    """F05, F06, E11: RFC 8725 §3.8, §3.9: None for "do not check" is how checks get lost, a pattern how they widen."""
    with pytest.raises(TypeError, match=f"{option} is a string"):
        verifier(**{option: value})


@pytest.mark.parametrize("option", ["issuer", "audience"])
@pytest.mark.parametrize("value", ["", set(), {""}, {"a", ""}])
def test_an_empty_expectation_is_none(option: str, value: object) -> None:
    """An unset environment variable must not become "accept all", nor "accept the empty name"."""
    with pytest.raises(ValueError, match=f"{option} is empty"):
        verifier(**{option: value})


def test_issuer_and_audience_have_no_default() -> None:
    """The shortest call is not the weakest."""
    with pytest.raises(TypeError, match="issuer"):
        jwt.Verifier(lambda _header: None, audience=jwt.ANY)  # type: ignore[call-arg, arg-type, return-value]
    with pytest.raises(TypeError, match="audience"):
        jwt.Verifier(lambda _header: None, issuer=jwt.ANY)  # type: ignore[call-arg, arg-type, return-value]


def test_the_time_is_asked_for_last() -> None:
    """F09: To be called expired promises that nothing but the time is wrong; so everything else comes first."""
    late = {"exp": NOW - 1}

    assert code_of(good_token(**late)) == "expired"
    assert code_of(good_token(**late, iss="https://evil.example")) == "wrong_issuer"
    assert code_of(good_token(**late, aud="https://other.example")) == "wrong_audience"
    assert code_of(good_token(**late), required=("client_id",)) == "missing_claim"
    assert code_of(good_token(**late, sub=1)) == "malformed_claim"
