"""Where a header parameter of a JWE in JSON may stand (RFC 7516 §7.2.1)."""

import json
from typing import Any

import pytest

from tests.jose.jwe.tokens import DIRECT, RSA, WRAPS, direct_json, good_header, text_of
from tokensmith.jose import JoseError, KeySet, jwe
from tokensmith.jose.errors import UnacceptableTokenError

GENERAL: Any = jwe.encrypt_json(b"plaintext", [WRAPS, RSA])


def refusal_of(token: Any, keys: Any, **options: Any) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        jwe.decrypt_json(token, keys, **options)
    return refusal.value


@pytest.mark.parametrize("name", ["enc", "zip", "crit", "b64"])
@pytest.mark.parametrize("place", ["unprotected", "header"])
def test_what_says_how_to_read_is_protected(name: str, place: str) -> None:
    """Threat A09; RFC 7516 §4.1.3 and RFC 7515 §4.1.11: "MUST be integrity protected"."""
    value: Any = {"enc": "A128CBC-HS256", "zip": "DEF", "crit": ["x"], "b64": False}[name]
    protected = {"alg": "dir"} if name == "enc" else good_header()
    refusal = refusal_of(direct_json(protected, **{place: {name: value, "x": 1}}), DIRECT, zips={"DEF"})

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "unprotected_parameter"


@pytest.mark.parametrize("place", ["unprotected", "header"])
def test_the_algorithm_may_stand_outside(place: str) -> None:
    """RFC 7516 §7.2.1 and RFC 7520 §5.11: it decides nothing, the key's own does."""
    token = direct_json({"enc": "A128CBC-HS256"}, **{place: {"alg": "dir"}})

    assert jwe.decrypt_json(token, DIRECT).plaintext == b"plaintext"
    assert refusal_of(token | {place: {"alg": "A128KW"}}, DIRECT).code == "algorithm_mismatch"
    assert refusal_of(token | {place: {"alg": "none"}}, KeySet([DIRECT])).code == "unsupported_algorithm"


@pytest.mark.parametrize("name", ["alg", "enc", "kid", "example"])
@pytest.mark.parametrize("places", [("protected", "unprotected"), ("protected", "header"), ("unprotected", "header")])
def test_a_name_stands_in_one_place(name: str, places: tuple[str, str]) -> None:
    """Threat C08; RFC 7516 §7.2.1: they "MUST be disjoint"; also where both say the same."""
    members = {"alg": "dir", "enc": "A128CBC-HS256", "kid": "d", "example": 1}
    pieces: dict[str, dict[str, Any]] = {"protected": {}, "unprotected": {}, "header": {}}
    for member, value in members.items():
        for place in places if member == name else ("protected",):
            pieces[place][member] = value
    protected = pieces.pop("protected")
    outside: Any = {place: piece for place, piece in pieces.items() if piece}

    assert refusal_of(direct_json(protected, **outside), DIRECT).code == "duplicate_member"


def test_all_recipients_have_one_content_encryption() -> None:
    """J66; RFC 7516 §7.2.1: "enc" "MUST be the same", so it stands where all see the same."""
    recipients = json.loads(json.dumps(GENERAL["recipients"]))
    recipients[1]["header"]["enc"] = "A128GCM"
    assert refusal_of(GENERAL | {"recipients": recipients}, WRAPS).code == "duplicate_member"

    token = GENERAL | {"recipients": recipients, "protected": text_of({"x": 1}).decode()}
    assert refusal_of(token, WRAPS).code == "unprotected_parameter"


@pytest.mark.parametrize("member", [{"typ": 1}, {"alg": None}, {"kid": "x" * 513}])
def test_one_header_that_breaks_the_rules_makes_the_token_none(member: dict[str, Any]) -> None:
    """Threat C01, "in every recipient"; RFC 7516 §5.2, step 4."""
    recipients = json.loads(json.dumps(GENERAL["recipients"]))
    recipients[1]["header"] |= member

    assert refusal_of(GENERAL | {"recipients": recipients}, WRAPS).code == "malformed_header"


def test_a_token_without_a_protected_header_has_no_enc() -> None:
    """J11."""
    without = {name: value for name, value in GENERAL.items() if name != "protected"}

    assert refusal_of(without, WRAPS).code == "malformed_header"
