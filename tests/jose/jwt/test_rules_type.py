"""What a verifier expects of a token's type."""

import pytest

from tests.jose.jwt.tokens import code_of, good_claims, passes, spell, verifier
from tokensmith.jose import jwt
from tokensmith.jose.errors import UnacceptableTokenError


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt", "application/JWT", "APPLICATION/jwt"])
def test_jwt_is_spelled_in_several_ways(typ: str) -> None:
    """C10: RFC 7515 §4.1.9: media types ignore case and may leave out "application/"."""
    assert passes(spell({"alg": "HS256", "typ": typ}, good_claims()))


def test_a_plain_token_need_not_say_its_type() -> None:
    """RFC 7519 §5.1: "typ" is optional."""
    assert passes(spell({"alg": "HS256"}, good_claims()))


@pytest.mark.parametrize(
    "typ", ["at+jwt", "dpop+jwt", "logout+jwt", "JOSE", "", "application/", "text/jwt", "x/application/jwt"]
)
def test_another_type_is_never_a_plain_token(typ: str) -> None:
    """C10, F01: RFC 8725 §3.11: a token made for one purpose is not taken for another."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(spell({"alg": "HS256", "typ": typ}, good_claims()))

    assert caught.value.code == "wrong_type"


@pytest.mark.parametrize("expected", ["at+jwt", "application/at+jwt", "AT+JWT"])
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "Application/At+JWT"])
def test_a_type_that_is_asked_for_is_found(expected: str, typ: str) -> None:
    assert passes(spell({"alg": "HS256", "typ": typ}, good_claims()), typ=expected)


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": "application/application/at+jwt"}, {"typ": "at+jwt "}])
def test_a_type_that_is_asked_for_has_to_be_there(header: dict[str, str]) -> None:
    """C10: RFC 8725 §3.11: explicit typing; "JWT" is none."""
    assert code_of(spell({"alg": "HS256", **header}, good_claims()), typ="at+jwt") == "wrong_type"


@pytest.mark.parametrize("cty", ["JWT", "jwt", "application/json", ""])
def test_a_token_inside_a_token_is_not_a_set_of_claims(cty: str) -> None:
    """C10: RFC 7519 §5.2."""
    with pytest.raises(UnacceptableTokenError) as caught:
        verifier().verify(spell({"alg": "HS256", "cty": cty}, good_claims()))

    assert caught.value.code == "nested_token"


@pytest.mark.parametrize(("typ", "error"), [("", ValueError), (1, TypeError), (jwt.ANY, TypeError)])
def test_the_expected_type_is_a_text(typ: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="typ is"):
        verifier(typ=typ)


def test_only_a_type_of_one_word_may_leave_out_its_beginning() -> None:
    """RFC 7515 §4.1.9: "application/" is left out of values "not containing any other '/'"."""
    assert code_of(spell({"alg": "HS256", "typ": "application/x/jwt"}, good_claims()), typ="x/jwt") == "wrong_type"
    assert passes(spell({"alg": "HS256", "typ": "x/jwt"}, good_claims()), typ="x/jwt")
