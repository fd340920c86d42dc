"""KeySet: from a header to exactly one trusted key (RFC 7517 §5, RFC 7515 §6)."""

import json
from typing import Any

import pytest

from tokensmith.jose.errors import (
    JoseError,
    KeyMaterialError,
    MalformedTokenError,
    UnacceptableTokenError,
    UnknownKeyError,
)
from tokensmith.jose.jwk import Key, KeySet

ES_A, ES_B = Key.generate("ES256", kid="a"), Key.generate("ES256", kid="b")
RS = Key.generate("RS256", kid="a")
ED = Key.generate("Ed25519", kid="ed")
HS = Key.generate("HS256", kid="hs")
KEYS = KeySet([ES_A, ES_B, RS, ED])


def refusal_of(keys: KeySet, header: Any) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        keys.find(header)
    return refusal.value


def set_refusal_of(jwks: Any, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        KeySet.from_jwks(jwks, **options)
    return refusal.value.code


def bare(key: Key, *, private: bool = False, **members: Any) -> dict[str, Any]:
    jwk = {name: value for name, value in key.to_jwk(private=private).items() if name not in ("alg", "use")}
    return jwk | members


def test_kid_and_algorithm_choose_one_key() -> None:
    """RFC 7517 §4.5: one kid may name keys of several types; the algorithm tells them apart."""
    assert KEYS.find({"alg": "ES256", "kid": "a"}) is ES_A
    assert KEYS.find({"alg": "ES256", "kid": "b"}) is ES_B
    assert KEYS.find({"alg": "RS256", "kid": "a"}) is RS


def test_without_a_kid_the_only_key_of_the_algorithm_is_taken() -> None:
    assert KEYS.find({"alg": "Ed25519"}) is ED


def test_without_a_kid_several_keys_are_ambiguous() -> None:
    """A19, G08: nobody tries them one by one."""
    refusal = refusal_of(KEYS, {"alg": "ES256"})

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "ambiguous_key"


@pytest.mark.parametrize(
    "header",
    [{"alg": "ES256", "kid": "c"}, {"alg": "ES256", "kid": ""}, {"alg": "ES256", "kid": "A"}, {"alg": "ES384"}],
    ids=repr,
)
def test_a_key_that_is_not_here_may_be_among_newer_ones(header: dict[str, str]) -> None:
    refusal = refusal_of(KEYS, header)

    assert isinstance(refusal, UnknownKeyError)
    assert refusal.code == "unknown_key"


def test_a_key_without_a_kid_does_not_answer_for_a_named_one() -> None:
    """RFC 7515 §4.1.4: a kid is a case-sensitive hint; it only ever narrows the choice."""
    keys = KeySet([Key.from_pem(ES_A.to_pem())])

    assert keys.find({"alg": "ES256"}).kid is None
    assert refusal_of(keys, {"alg": "ES256", "kid": "a"}).code == "unknown_key"


@pytest.mark.parametrize(
    ("alg", "kid"), [("PS256", "a"), ("HS256", "a"), ("EdDSA", "ed"), ("ES384", "b"), ("RS256", "b")]
)
def test_a_key_is_used_for_its_own_algorithm_alone(alg: str, kid: str) -> None:
    """A10: RFC 8725 §3.1: a kid never makes a key serve another algorithm, HMAC least of all."""
    refusal = refusal_of(KEYS, {"alg": alg, "kid": kid})

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "algorithm_mismatch"


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "es256", "ES256 ", "", "RSA-OAEP"])
@pytest.mark.parametrize("kid", [{}, {"kid": "a"}], ids=["no kid", "kid"])
def test_an_unknown_algorithm_finds_no_key(alg: str, kid: dict[str, str]) -> None:
    """Newer keys would not help, so nobody fetches them for it."""
    refusal = refusal_of(KEYS, {"alg": alg} | kid)

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "unsupported_algorithm"


@pytest.mark.parametrize("value", [None, 1, True, ["ES256"], {"a": 1}], ids=repr)
def test_a_header_parameter_of_another_type_is_refused(value: Any) -> None:
    for header in ({"alg": value}, {"alg": "ES256", "kid": value}):
        refusal = refusal_of(KEYS, header)

        assert isinstance(refusal, MalformedTokenError)
        assert refusal.code == "malformed"
    assert refusal_of(KEYS, {}).code == "malformed"


@pytest.mark.parametrize("brings", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_header_is_not_looked_at(brings: str) -> None:
    """C04, C05, C06: RFC 8725 §3.10: the token does not bring its own key."""
    stranger = Key.generate("ES256", kid="stranger")
    header = {"alg": "ES256", "kid": "stranger", brings: stranger.to_jwk()}

    assert refusal_of(KEYS, header).code == "unknown_key"


def test_two_keys_with_the_same_kid_type_and_algorithm_are_refused() -> None:
    """A19: RFC 7517 §4.5: "different keys within the JWK Set SHOULD use distinct kid values"."""
    with pytest.raises(KeyMaterialError) as refusal:
        KeySet([ES_A, Key.generate("ES256", kid="a")])

    assert refusal.value.code == "duplicate_key"
    assert set_refusal_of({"keys": [ES_A.to_jwk(), ES_A.to_jwk()]}) == "duplicate_key"


def test_keys_without_a_kid_may_be_several() -> None:
    """They are ambiguous, not wrong."""
    keys = KeySet([Key.from_pem(ES_A.to_pem()), Key.from_pem(ES_B.to_pem())])

    assert refusal_of(keys, {"alg": "ES256"}).code == "ambiguous_key"


def test_a_set_is_iterable_and_counts_its_keys() -> None:
    assert list(KEYS) == [ES_A, ES_B, RS, ED]
    assert len(KEYS) == 4
    assert len(KeySet([])) == 0


@pytest.mark.parametrize("name", ["skipped", "_keys", "_by_alg", "new"])
def test_a_set_is_frozen(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(KEYS, name, ())


@pytest.mark.parametrize("keys", [[None], [ES_A, "key"], [{"kty": "EC"}]], ids=["None", "text", "JWK"])
def test_a_set_holds_keys(keys: Any) -> None:
    with pytest.raises(TypeError):
        KeySet(keys)


def test_a_published_set_shows_public_halves_alone() -> None:
    published = KeySet([ES_A, RS, ED, HS]).to_jwks()

    assert published == {"keys": [ES_A.to_jwk(), RS.to_jwk(), ED.to_jwk()]}
    assert '"d"' not in json.dumps(published)
    assert '"k"' not in json.dumps(published)


def test_a_published_set_comes_back() -> None:
    again = KeySet.from_jwks(json.dumps(KEYS.to_jwks()), remote=True)

    assert again.to_jwks() == KEYS.to_jwks()
    assert again.skipped == ()


def test_what_cannot_be_used_is_skipped_with_the_reason() -> None:
    """RFC 7517 §5: unknown key types, missing members and values out of range are ignored; the other keys stay."""
    jwks = {
        "keys": [
            {"kty": "future", "kid": "f"},
            ES_A.to_jwk(),
            {"kty": "EC", "crv": "P-256", "kid": 5},
            "no object",
            {"kty": "OKP", "crv": "Curve41417", "x": "AA"},
            bare(ES_B, alg="RSA1_5"),
            bare(ES_B, use="enc"),
            bare(RS, use="enc"),
            bare(RS, key_ops=["encrypt"]),
            bare(HS, private=True),
            {},
            None,
        ],
        "ignored": True,
    }
    keys = KeySet.from_jwks(jwks)

    assert [key.kid for key in keys] == ["a"]
    assert [(each.position, each.kid, each.code) for each in keys.skipped] == [
        (0, "f", "unsupported_key"),
        (2, None, "malformed_key"),
        (3, None, "malformed_key"),
        (4, None, "unsupported_key"),
        (5, "b", "unsupported_algorithm"),
        (6, "b", "algorithm_required"),
        (7, "a", "algorithm_required"),
        (8, "a", "inconsistent_use"),
        (9, "hs", "algorithm_required"),
        (10, None, "malformed_key"),
        (11, None, "malformed_key"),
    ]
    assert all(each.reason for each in keys.skipped)
    assert repr(keys) == "<KeySet 1 keys, 11 skipped>"


@pytest.mark.parametrize(
    "jwks",
    [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}, {"keys": [{}] * 257}],
    ids=["empty", "null", "object", "text", "many"],
)
def test_what_is_no_set_is_refused(jwks: Any) -> None:
    assert set_refusal_of(jwks) == "malformed_key_set"


def test_a_set_has_at_most_256_keys() -> None:
    assert len(KeySet.from_jwks({"keys": [{}] * 256}).skipped) == 256


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [], "keys": []}', b"\xff", "\ud800"], ids=repr)
def test_the_text_of_a_set_is_read_strictly(text: str | bytes) -> None:
    assert set_refusal_of(text) == "malformed_key"


@pytest.mark.parametrize("value", [None, 1, []], ids=repr)
def test_a_set_is_a_mapping_or_text(value: Any) -> None:
    with pytest.raises(TypeError):
        KeySet.from_jwks(value)


@pytest.mark.parametrize(
    "members", [{}, {"use": "sig"}, {"key_ops": ["verify"]}, {"use": "sig", "key_ops": ["verify"]}]
)
def test_an_rsa_key_that_names_no_algorithm_is_used(members: dict[str, Any]) -> None:
    """Large providers publish such keys; they are bound to one algorithm all the same."""
    jwks = {"keys": [bare(RS, **members)]}

    assert [key.alg for key in KeySet.from_jwks(jwks)] == ["RS256"]
    assert [key.alg for key in KeySet.from_jwks(jwks, rsa_alg="PS256")] == ["PS256"]


def test_an_rsa_key_that_names_its_algorithm_keeps_it() -> None:
    assert [key.alg for key in KeySet.from_jwks({"keys": [RS.to_jwk()]}, rsa_alg="PS256")] == ["RS256"]


def test_the_old_name_is_used_where_it_is_asked_for() -> None:
    """RFC 9864 §2.2: EdDSA only if the caller lists it."""
    old = {"keys": [bare(ED, alg="EdDSA")]}

    assert [each.code for each in KeySet.from_jwks(old).skipped] == ["algorithm_required"]
    assert [key.alg for key in KeySet.from_jwks(old, okp_alg="EdDSA")] == ["EdDSA"]
    assert [key.alg for key in KeySet.from_jwks({"keys": [bare(ED)]}, okp_alg="EdDSA")] == ["EdDSA"]
    assert [key.alg for key in KeySet.from_jwks({"keys": [ED.to_jwk()]}, okp_alg="EdDSA")] == ["Ed25519"]


@pytest.mark.parametrize(
    "options", [{"rsa_alg": "ES256"}, {"rsa_alg": "HS256"}, {"rsa_alg": "none"}, {"okp_alg": "RS256"}, {"okp_alg": "X"}]
)
def test_a_default_of_another_key_type_is_a_mistake_in_the_program(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="alg"):
        KeySet.from_jwks({"keys": []}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [ES_A, RS, ED, HS], ids=lambda key: key.alg)
def test_a_published_secret_refuses_the_whole_set(key: Key) -> None:
    """A19: OpenID Connect Discovery §3: "The JWK Set MUST NOT contain private or symmetric key values"."""
    jwks = {"keys": [ES_B.to_jwk(), key.to_jwk(private=True)]}

    assert set_refusal_of(jwks, remote=True) == "published_secret"
    assert len(KeySet.from_jwks(jwks)) == 2


def test_a_symmetric_key_without_its_secret_is_refused_in_a_published_set_too() -> None:
    """A19: whoever publishes such a key believes it to be one that may be published."""
    assert set_refusal_of({"keys": [{"kty": "oct", "alg": "HS256"}]}, remote=True) == "published_secret"


def test_a_published_key_that_may_not_verify_is_skipped() -> None:
    """A11: "key_ops" counts in a set as it does in a key."""
    jwks = {"keys": [bare(ES_A, key_ops=["sign"]), bare(ES_B, key_ops=["verify"])]}

    assert [key.kid for key in KeySet.from_jwks(jwks, remote=True)] == ["b"]
    assert [each.code for each in KeySet.from_jwks(jwks, remote=True).skipped] == ["key_operation"]
    assert len(KeySet.from_jwks(jwks)) == 2
