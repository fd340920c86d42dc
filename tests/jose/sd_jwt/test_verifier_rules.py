"""The rules of every token, applied to what disclosures and payload say together (RFC 9901 §7.1 step 6, §9.7)."""

import pytest

from tests.jose.jwt.tokens import NOW, spell
from tests.jose.sd_jwt.credentials import ISSUER, KEY, TYPE, digest, refusal, spell_sd_jwt, verifier, write
from tokensmith.jose import JoseError
from tokensmith.jose.errors import (
    ExpiredTokenError,
    MalformedTokenError,
    NotYetValidTokenError,
    UnacceptableTokenError,
)

NAME = write("salt-1", "name", "Ada")


def code_of(error: JoseError, kind: type[JoseError]) -> str:
    assert type(error) is kind
    return error.code


@pytest.mark.parametrize(
    ("payload", "kind", "code"),
    [
        ({"exp": NOW}, ExpiredTokenError, "expired"),
        ({"nbf": NOW + 1}, NotYetValidTokenError, "not_yet_valid"),
        ({"iat": NOW + 1}, NotYetValidTokenError, "issued_in_the_future"),
        ({"exp": "never"}, MalformedTokenError, "malformed_claim"),
        ({"exp": None}, UnacceptableTokenError, "missing_claim"),
    ],
)
def test_the_rules_of_tokens_hold(payload: dict[str, object], kind: type[JoseError], code: str) -> None:
    """Step 6; each by the code of `jwt.Verifier`, whose rules these are."""
    assert code_of(refusal(spell_sd_jwt(payload)), kind) == code


def test_the_audience_is_who_we_say_we_are() -> None:
    token = spell_sd_jwt({"aud": ["a", "b"]})

    assert verifier(audience="b").verify(token)
    assert code_of(refusal(token, audience="c"), UnacceptableTokenError) == "wrong_audience"


def hidden(name: str, value: object) -> tuple[str, str]:
    """A token in which an issuer hid a claim that he should not have hidden: with the claim, and without."""
    disclosure = write("salt-7", name, value)
    claims: dict[str, object] = {"iss": ISSUER, "iat": NOW, "exp": NOW + 300, "_sd": [digest(disclosure)]}
    claims.pop(name, None)
    signed = spell({"alg": KEY.alg, "typ": TYPE}, claims, key=KEY)
    return f"{signed}~{disclosure}~", f"{signed}~"


def test_a_hidden_expiry_counts_and_has_to_be_shown() -> None:
    """§9.7: a verifier "MUST ensure that all claims they deem necessary" are there, whatever the issuer allowed."""
    with_expiry, without = hidden("exp", NOW)

    assert code_of(refusal(with_expiry), ExpiredTokenError) == "expired"
    assert code_of(refusal(without), UnacceptableTokenError) == "missing_claim"
    assert verifier().verify(hidden("exp", NOW + 1)[0])


def test_a_hidden_issuer_counts_and_has_to_be_shown() -> None:
    assert verifier().verify(hidden("iss", ISSUER)[0])
    assert code_of(refusal(hidden("iss", "x")[0]), UnacceptableTokenError) == "wrong_issuer"
    assert code_of(refusal(hidden("iss", ISSUER)[1]), UnacceptableTokenError) == "wrong_issuer"


def test_a_hidden_not_before_counts_and_can_be_required() -> None:
    with_date, without = hidden("nbf", NOW + 1)

    assert code_of(refusal(with_date), NotYetValidTokenError) == "not_yet_valid"
    assert verifier().verify(without)
    assert code_of(refusal(without, required=["nbf"]), UnacceptableTokenError) == "missing_claim"


def test_hidden_entries_of_an_audience_count() -> None:
    """§9.7: issuers may hide single entries."""
    entry = write("salt-8", "https://shop.example")
    token = spell_sd_jwt({"aud": ["x", {"...": digest(entry)}]}, entry)

    assert verifier(audience="https://shop.example").verify(token)
    stripped = token.replace(entry + "~", "")
    assert code_of(refusal(stripped, audience="https://shop.example"), UnacceptableTokenError) == "wrong_audience"


def test_what_a_service_needs_can_be_required() -> None:
    token = spell_sd_jwt({"_sd": [digest(NAME)]}, NAME)

    assert verifier(required=["name"]).verify(token)
    assert code_of(refusal(token.replace(NAME + "~", ""), required=["name"]), UnacceptableTokenError) == "missing_claim"


def test_a_token_without_expiry_passes_where_none_is_required() -> None:
    token = spell({"alg": KEY.alg, "typ": TYPE}, {"iss": ISSUER}, key=KEY) + "~"

    assert verifier(require_exp=False).verify(token)
    assert code_of(refusal(token), UnacceptableTokenError) == "missing_claim"


def test_the_leeway_is_the_verifiers() -> None:
    assert verifier(leeway=1).verify(spell_sd_jwt({"exp": NOW}))
    assert verifier(leeway=1).verify(spell_sd_jwt({"nbf": NOW + 1}))
