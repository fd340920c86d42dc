"""Verifying a JWS in JSON: which signatures counted, and what they prove."""

import copy
from typing import Any

import pytest

from tests.jose.jws.json_tokens import KEYS, PAIR, SECRET, code_of, general, with_header
from tokensmith.jose import JoseError, Key, jws
from tokensmith.jose.errors import (
    InvalidSignatureError,
    KeyMaterialError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.jws import Signatory
from tokensmith.jose.limits import Limits

STRANGER = Key.generate("ES256", kid="stranger")


def signed(*keys: Key) -> dict[str, Any]:
    return jws.sign_json(b"x", keys)


def spoilt(token: dict[str, Any], *positions: int) -> dict[str, Any]:
    """Give some signatures the bytes of no signature."""
    changed = copy.deepcopy(token)
    for position in positions:
        changed["signatures"][position]["signature"] = "A" * 43
    return changed


def test_the_result_says_which_key_verified_what() -> None:
    """B09: RFC 7515 §5.2 step 10."""
    token = jws.sign_json(b"x", [Signatory(SECRET, header={"typ": "a"}), Signatory(PAIR, unprotected_header={"y": 1})])

    verified = jws.verify_json(token, KEYS)

    assert verified.payload == b"x"
    assert verified.refused == ()
    first, second = verified.signatures
    assert (first.position, first.key) == (0, SECRET)
    assert (second.position, second.key.kid) == (1, "pair")
    assert first.header == {"alg": "HS256", "kid": "secret", "typ": "a"}
    assert (first.unprotected_header, second.unprotected_header) == ({}, {"y": 1})


def test_what_is_unprotected_stays_out_of_the_header() -> None:
    """B09, A09: anybody can have written it, so it stands where nobody takes it for proven."""
    token = jws.sign_json(b"x", SECRET)
    token["header"] = {"typ": "at+jwt", "role": "admin"}

    (signature,) = jws.verify_json(token, KEYS).signatures

    assert signature.header == {"alg": "HS256", "kid": "secret"}
    assert signature.header.typ is None
    assert signature.unprotected_header == {"typ": "at+jwt", "role": "admin"}


def test_all_means_each_of_them() -> None:
    """B09: the house's default; one bad signature is enough (CVE-2016-9122)."""
    token = signed(SECRET, PAIR)

    assert len(jws.verify_json(token, KEYS, require="all").signatures) == 2
    for positions in [(0,), (1,), (0, 1)]:
        with pytest.raises(InvalidSignatureError) as caught:
            jws.verify_json(spoilt(token, *positions), KEYS)
        assert caught.value.code == "invalid_signature"


def test_any_means_at_least_one_and_names_the_others() -> None:
    """B09: RFC 7515 §5.2, "at least one"; what the others say is not in the result."""
    verified = jws.verify_json(spoilt(signed(SECRET, PAIR), 0), KEYS, require="any")

    assert [(each.position, each.header.alg) for each in verified.signatures] == [(1, "ES256")]
    assert [(each.position, each.code) for each in verified.refused] == [(0, "invalid_signature")]


def test_any_is_not_none() -> None:
    """B04, B09: the payload comes out with a signature that held, or not at all."""
    with pytest.raises(InvalidSignatureError):
        jws.verify_json(spoilt(signed(SECRET, PAIR), 0, 1), KEYS, require="any")


def test_a_signature_by_somebody_unknown_is_an_error_or_skipped() -> None:
    """B09: "all" cannot be said of a signature nobody here can check."""
    token = signed(SECRET, STRANGER)

    with pytest.raises(UnknownKeyError) as caught:
        jws.verify_json(token, KEYS)
    assert caught.value.code == "unknown_key"
    verified = jws.verify_json(token, KEYS, require="any")
    assert [each.position for each in verified.signatures] == [0]
    assert [(each.position, each.code) for each in verified.refused] == [(1, "unknown_key")]


def test_where_none_holds_newer_keys_are_what_may_help() -> None:
    """The class says what to do next: fetch keys, if one signature was by a key that is not here."""
    token = spoilt(signed(SECRET, STRANGER), 0)

    with pytest.raises(UnknownKeyError):
        jws.verify_json(token, KEYS, require="any")


@pytest.mark.parametrize("require", ["some", "", None, "ALL", 1])
def test_there_are_two_rules_to_choose_from(require: Any) -> None:
    with pytest.raises(ValueError, match="require"):
        jws.verify_json(signed(SECRET), KEYS, require=require)


def test_the_algorithm_is_the_keys() -> None:
    """A01, A09: "none" equals nobody's; and an "alg" beside the protected header is not looked at."""
    assert code_of(with_header({"alg": "none"}), SECRET) == "algorithm_mismatch"
    assert code_of(with_header({"alg": "none"})) == "unsupported_algorithm"
    assert code_of(with_header({"kid": "secret"}, {"alg": "HS256"})) == "unprotected_parameter"
    assert code_of(with_header({}, {"alg": "HS256"}), SECRET) == "unprotected_parameter"
    assert code_of(with_header({"alg": "HS256"}, {"alg": "none"}), SECRET) == "duplicate_member"


def test_an_unprotected_kid_chooses_among_trusted_keys() -> None:
    """RFC 7515 A.6 has it there; it only chooses, and the signature settles whether it chose well."""
    token = with_header({"alg": "HS256"}, {"kid": "secret"})

    assert jws.verify_json(token, KEYS).signatures[0].key is SECRET
    assert code_of({**token, "header": {"kid": "other"}}) == "unknown_key"
    assert code_of({**token, "header": {"kid": "pair"}}) == "algorithm_mismatch"


def test_a_callable_sees_the_whole_header() -> None:
    asked = []

    def choose(header: object) -> Key:
        asked.append(header)
        return SECRET

    jws.verify_json(with_header({"alg": "HS256"}, {"kid": "secret"}), choose)

    assert asked == [{"alg": "HS256", "kid": "secret"}]


@pytest.mark.parametrize(
    ("protected", "unprotected", "code"),
    [
        ({"alg": "HS256", "crit": ["x"], "x": 1}, {}, "unsupported_crit"),
        ({"alg": "HS256", "crit": []}, {}, "malformed_crit"),
        ({"alg": "HS256", "crit": ["b64"]}, {"b64": False}, "unprotected_parameter"),
        ({"alg": "HS256"}, {"crit": ["x"], "x": 1}, "unprotected_parameter"),
        ({"alg": "HS256"}, {"b64": True}, "unprotected_parameter"),
        ({"alg": "HS256", "kid": "secret"}, {"kid": "secret"}, "duplicate_member"),
        ({"typ": "JWT"}, {}, "malformed_header"),
    ],
)
def test_each_header_keeps_the_rules(protected: dict[str, object], unprotected: dict[str, object], code: str) -> None:
    """C01, C03, C08, A09: of every signature, as in compact form; all of them in the protected header."""
    assert code_of(with_header(protected, unprotected)) == code
    assert code_of(general(with_header({"alg": "HS256"}), with_header(protected, unprotected))) == code


def test_unknown_members_are_ignored() -> None:
    """C02: RFC 7515 §4 and §7.2.1."""
    token = with_header({"alg": "HS256", "x": 1}, {"y": {"z": 2}})

    assert jws.verify_json({**token, "u": 1}, KEYS).payload == b"x"


def test_what_demands_too_much_of_us_is_skipped_where_another_is_enough() -> None:
    """C01: RFC 7515 §5.2: that one signature "cannot be validated"."""
    demanding = with_header({"alg": "HS256", "crit": ["x"], "x": 1})

    verified = jws.verify_json(general(demanding, with_header({"alg": "HS256"})), KEYS, require="any")

    assert [(each.position, each.code) for each in verified.refused] == [(0, "unsupported_crit")]
    with pytest.raises(UnacceptableTokenError):
        jws.verify_json(demanding, KEYS, require="any")


def test_what_is_malformed_is_refused_whole() -> None:
    """A broken part is no signature of somebody else's: "any" does not forgive it."""
    broken = {**with_header({"alg": "HS256"}), "protected": "e3"}
    token = general(with_header({"alg": "HS256"}), broken)

    with pytest.raises(MalformedTokenError):
        jws.verify_json(token, KEYS, require="any")


def test_a_key_that_may_not_verify_does_not() -> None:
    """RFC 7517 §4.3."""
    key = Key.from_jwk({**PAIR.to_jwk(private=True), "key_ops": ["sign"]})

    with pytest.raises(KeyMaterialError) as caught:
        jws.verify_json(signed(PAIR), key)

    assert caught.value.code == "key_operation"


def test_the_number_of_signatures_is_the_callers_to_limit() -> None:
    """B09."""
    assert jws.verify_json(signed(SECRET, PAIR), KEYS, limits=Limits(max_signatures=2))
    assert code_of(signed(SECRET, PAIR), limits=Limits(max_signatures=1)) == "too_many_signatures"


def test_proofs_have_one_maker() -> None:
    """Holding one means that a signature held."""
    for kind in (jws.VerifiedJsonJws, jws.VerifiedSignature):
        with pytest.raises(TypeError, match="Only a verification"):
            kind()  # type: ignore[call-arg]


def test_the_error_does_not_show_the_token() -> None:
    """E12."""
    token = signed(SECRET, STRANGER)
    with pytest.raises(JoseError) as caught:
        jws.verify_json(token, KEYS)

    shown = str(caught.value) + caught.value.detail
    assert not any(part["signature"] in shown or part["protected"] in shown for part in token["signatures"])
