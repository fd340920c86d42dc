"""From a JWK to what a key is made of (RFC 7517 §4, RFC 8725 §3.1)."""

import json
from typing import Any

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwk.parse import parse_json_object, parse_jwk

PRIVATE: dict[str, dict[str, Any]] = {
    alg: dict(Key.generate(alg).to_jwk(private=True))
    for alg in ("HS256", "RS256", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448")
}
BARE = {alg: {name: value for name, value in jwk.items() if name != "alg"} for alg, jwk in PRIVATE.items()}


def refusal_of(jwk: object, *, alg: str | None = None) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_jwk(jwk, alg=alg)  # type: ignore[arg-type]
    return refusal.value.code


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448"])
def test_a_curve_settles_its_algorithm(alg: str) -> None:
    assert Key.from_jwk(BARE[alg]).alg == alg


@pytest.mark.parametrize("alg", ["HS256", "RS256"])
def test_a_secret_and_an_rsa_key_settle_none(alg: str) -> None:
    """A07: Guessing a family here is how a key without "alg" became an HMAC secret elsewhere (CVE-2026-44699)."""
    assert refusal_of(BARE[alg]) == "algorithm_required"
    assert Key.from_jwk(BARE[alg], alg=alg).alg == alg


@pytest.mark.parametrize(
    ("alg", "other"), [("RS256", "PS256"), ("HS256", "HS384"), ("Ed25519", "EdDSA"), ("ES256", "ES384")]
)
def test_the_caller_does_not_overrule_the_key(alg: str, other: str) -> None:
    """A12: RFC 8725 §3.1: one key, one algorithm."""
    assert refusal_of(PRIVATE[alg], alg=other) == "algorithm_mismatch"
    assert Key.from_jwk(PRIVATE[alg], alg=alg).alg == alg


@pytest.mark.parametrize(
    ("kind", "alg"),
    [
        ("RS256", "HS256"),
        ("ES256", "HS256"),
        ("HS256", "RS256"),
        ("ES256", "RS256"),
        ("RS256", "ES256"),
        ("ES256", "ES384"),
        ("ES384", "ES512"),
        ("ES256", "ES256K"),
        ("ES256K", "ES256"),
        ("Ed25519", "Ed448"),
        ("Ed448", "Ed25519"),
        ("ES256", "Ed25519"),
    ],
)
def test_the_algorithm_fits_key_type_and_curve(kind: str, alg: str) -> None:
    """A05: RFC 8725 §2.1 and §3.1, whether the JWK or the caller names it."""
    assert refusal_of(BARE[kind] | {"alg": alg}) == "algorithm_mismatch"
    assert refusal_of(BARE[kind], alg=alg) == "algorithm_mismatch"


@pytest.mark.parametrize("alg", ["none", "None", "es256", "", "RSA1_5", "ecdh-es", "A512KW"])
def test_a_jwk_with_another_algorithm_is_not_supported(alg: str) -> None:
    assert refusal_of(BARE["ES256"] | {"alg": alg}) == "unsupported_algorithm"


@pytest.mark.parametrize("curve", ["Ed25519", "Ed448"])
def test_the_old_name_is_used_where_it_is_asked_for(curve: str) -> None:
    """A13: RFC 9864 §2.2 deprecates "EdDSA"."""
    jwk = BARE[curve] | {"alg": "EdDSA"}

    assert refusal_of(jwk) == "algorithm_required"
    assert refusal_of(jwk, alg=curve) == "algorithm_mismatch"
    assert Key.from_jwk(jwk, alg="EdDSA").alg == "EdDSA"
    assert Key.from_jwk(BARE[curve], alg="EdDSA").alg == "EdDSA"


@pytest.mark.parametrize("kty", ["akp", "ec", "rsa", "OCT", "", "RSA "])
def test_another_key_type_is_not_supported(kty: str) -> None:
    """RFC 7517 §4.1: the values are case-sensitive."""
    assert refusal_of(BARE["ES256"] | {"kty": kty}) == "unsupported_key"


@pytest.mark.parametrize("member", ["kty", "alg", "kid", "use", "crv", "x", "y", "d", "key_ops"])
@pytest.mark.parametrize("value", [None, 1, True, 1.5, {}, [1], [["sign"]]], ids=repr)
def test_a_member_of_another_type_is_refused(member: str, value: object) -> None:
    assert refusal_of(PRIVATE["ES256"] | {member: value}) == "malformed_key"


def test_unknown_members_are_ignored() -> None:
    """RFC 7517 §4: "Additional members can be present"."""
    assert Key.from_jwk(PRIVATE["ES256"] | {"ext": True, "x5t": 5, "https://example.com": []}).alg == "ES256"


def test_a_key_for_encryption_names_its_own_algorithm() -> None:
    """A P-256 key for ECDH-ES is none for ES256, though the curve is the same."""
    encryption = {name: value for name, value in BARE["ES256"].items() if name != "use"} | {"use": "enc"}

    assert refusal_of(encryption) == "algorithm_required"
    assert refusal_of(encryption, alg="ES256") == "inconsistent_use"
    assert refusal_of(encryption | {"alg": "ES256"}) == "inconsistent_use"


@pytest.mark.parametrize("alg", ["none", "hs256", "", "ES256k"])
def test_an_algorithm_that_a_program_invents_is_a_mistake_in_the_program(alg: str) -> None:
    with pytest.raises(ValueError, match="alg is one of"):
        Key.from_jwk(BARE["ES256"], alg=alg)


def test_the_text_of_a_jwk_is_read_strictly() -> None:
    """RFC 7517 §4: "The member names within a JWK MUST be unique"."""
    text = json.dumps(PRIVATE["ES256"])

    assert Key.from_jwk(text).to_jwk(private=True) == PRIVATE["ES256"]
    assert Key.from_jwk(text.encode()).to_jwk(private=True) == PRIVATE["ES256"]
    assert refusal_of(text[:-1] + ', "alg": "ES256"}') == "malformed_key"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"kty": NaN}', "\ud800", b"\xff", b"{}\x00"], ids=repr)
def test_text_that_is_no_json_object_is_no_jwk(text: str | bytes) -> None:
    assert refusal_of(text) == "malformed_key"


@pytest.mark.parametrize("value", [None, 1, [], ...], ids=repr)
def test_a_jwk_is_a_mapping_or_text(value: object) -> None:
    with pytest.raises(TypeError):
        parse_json_object(value)  # type: ignore[arg-type]


def test_a_name_that_is_no_string_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError):
        Key.from_jwk(BARE["ES256"], alg=5)  # type: ignore[arg-type]


def test_what_was_read_does_not_show_the_key() -> None:
    """RFC 7517 §9.2."""
    parts = parse_jwk(PRIVATE["HS256"])

    assert "key_object" not in repr(parts)
    assert repr(parts.key_object) not in repr(parts)
