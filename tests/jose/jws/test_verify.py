"""Verifying any bytes against one chosen key."""

import json
from pathlib import Path

import pytest

from tests.jose.jwt.tokens import spell
from tokensmith.jose import JoseError, Key, KeySet, base64url, jws
from tokensmith.jose.errors import InvalidSignatureError, KeyMaterialError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.limits import Limits

VECTORS = Path(__file__).parents[1] / "vectors"
RFC7515 = json.loads((VECTORS / "jwk" / "rfc7515-signatures.json").read_text())
RFC7520 = json.loads((VECTORS / "jwk" / "rfc7520-signatures.json").read_text())
TO_REFUSE = json.loads((VECTORS / "jws" / "rfc7515-to-refuse.json").read_text())

SECRET = Key.generate("HS256", kid="secret")
PAIR = Key.generate("ES256", kid="pair")


def code_of(token: str, keys: object) -> str:
    with pytest.raises(JoseError) as caught:
        jws.verify(token, keys)  # type: ignore[arg-type]
    return caught.value.code


def header_alg(token: str) -> str:
    alg: str = json.loads(base64url.decode(token.partition(".")[0]))["alg"]
    return alg


@pytest.mark.parametrize("example", RFC7515 + RFC7520, ids=lambda example: example["section"])
def test_the_examples_of_the_standards_verify(example: dict[str, object]) -> None:
    """RFC 7515 A.1–A.4, RFC 7520 §4.1–§4.4."""
    token = str(example["token"])
    key = Key.from_jwk(example["jwk"], alg=header_alg(token))

    verified = jws.verify(token, key)

    assert verified.header.alg == key.alg
    assert verified.key is key
    assert verified.payload.startswith((b'{"iss":"joe"', b"Payload", "It’s a dangerous business, Frodo".encode()))


@pytest.mark.parametrize("example", TO_REFUSE, ids=lambda example: example["section"])
def test_the_examples_to_be_refused_are_refused(example: dict[str, str]) -> None:
    """RFC 7515 A.5, unsecured, and Appendix E, an extension nobody knows."""
    expected = {"A.5": "algorithm_mismatch", "E": "unsupported_crit"}

    assert code_of(example["token"], SECRET) == expected[example["section"]]


def test_what_was_signed_is_what_is_verified() -> None:
    verified = jws.verify(jws.sign(b"\x00\xff", PAIR, header={"typ": "x"}), PAIR.public())

    assert verified.payload == b"\x00\xff"
    assert verified.header == {"alg": "ES256", "kid": "pair", "typ": "x"}


def test_a_proof_is_frozen_and_has_one_maker() -> None:
    """B04: holding a VerifiedJws means that a signature held."""
    verified = jws.verify(jws.sign(b"x", SECRET), SECRET)

    with pytest.raises(AttributeError):
        verified.payload = b"y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        jws.VerifiedJws(b"x", verified.header, SECRET)


def test_a_signature_over_other_bytes_is_refused() -> None:
    """B04: an exception, so that no result can be left unlooked at."""
    header, _, signature = jws.sign(b"x", PAIR).split(".")

    with pytest.raises(InvalidSignatureError) as caught:
        jws.verify(f"{header}.eQ.{signature}", PAIR)

    assert caught.value.code == "invalid_signature"


@pytest.mark.parametrize("signature", ["", "AA", "A" * 86])
def test_an_empty_or_made_up_signature_is_refused(signature: str) -> None:
    """A03: A signature left out is not a signature that holds (CVE-2020-28042)."""
    signing_input = jws.sign(b"x", PAIR).rpartition(".")[0]

    assert code_of(f"{signing_input}.{signature}", PAIR) == "invalid_signature"


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", "hs256", "HS512", "ES256", "RS256"])
def test_the_algorithm_is_the_keys_and_compared_exactly(alg: str) -> None:
    """A01: RFC 8725 §3.1: whatever the token says, the check is the one of the key ("none" is CVE-2015-2951)."""
    token = spell({"alg": alg}, {}, key=SECRET)

    with pytest.raises(UnacceptableTokenError) as caught:
        jws.verify(token, SECRET)

    assert caught.value.code == "algorithm_mismatch"


def test_an_unsecured_token_is_refused_whatever_the_keys() -> None:
    """A02: RFC 7518 §3.6."""
    token = spell({"alg": "none"}, {}, key=SECRET).rpartition(".")[0] + "."

    assert code_of(token, SECRET) == "algorithm_mismatch"
    assert code_of(token, KeySet([SECRET, PAIR])) == "unsupported_algorithm"
    assert code_of(token, lambda _header: SECRET) == "algorithm_mismatch"


def test_a_public_key_is_no_shared_secret() -> None:
    """A05: RFC 8725 §2.1: an HMAC keyed with the public key's text, which everybody has (CVE-2015-9235)."""
    forger = Key.from_jwk({"kty": "oct", "k": base64url.encode(bytes(range(64))), "alg": "HS256"})
    token = spell({"alg": "HS256", "kid": "pair"}, {}, key=forger)

    assert code_of(token, PAIR.public()) == "algorithm_mismatch"
    assert code_of(token, KeySet([PAIR.public()])) == "algorithm_mismatch"


def test_a_key_bound_to_one_rsa_scheme_refuses_the_other() -> None:
    """A08: RFC 8725bis §3.1: one key, one algorithm, also where the key would fit both."""
    private = Key.generate("RS256", kid="r")
    twin = Key.from_pem(private.to_pem(private=True), alg="PS256", kid="r")

    assert code_of(jws.sign(b"x", twin), private.public()) == "algorithm_mismatch"


def test_ed25519_is_not_eddsa() -> None:
    """A13: RFC 9864 §2.2: a key answers to the name it is bound to."""
    key = Key.generate("Ed25519", kid="e")
    older = Key.from_jwk({**key.to_jwk(private=True), "alg": "EdDSA"}, alg="EdDSA")

    assert jws.verify(jws.sign(b"x", older), older).header.alg == "EdDSA"
    assert code_of(jws.sign(b"x", older), key) == "algorithm_mismatch"
    assert code_of(jws.sign(b"x", Key.generate("Ed448", kid="e")), key) == "algorithm_mismatch"


def test_two_different_kids_are_two_different_keys() -> None:
    """The token is for another key, even if the caller has only this one."""
    with pytest.raises(UnknownKeyError) as caught:
        jws.verify(spell({"alg": "HS256", "kid": "other"}, {}, key=SECRET), SECRET)

    assert caught.value.code == "unknown_key"


def test_a_kid_on_one_side_only_decides_nothing() -> None:
    nameless = Key.from_jwk({name: value for name, value in SECRET.to_jwk(private=True).items() if name != "kid"})

    assert jws.verify(jws.sign(b"x", nameless), SECRET).key is SECRET
    assert jws.verify(jws.sign(b"x", SECRET), nameless).key is nameless


def test_a_key_set_chooses() -> None:
    keys = KeySet([PAIR.public(), SECRET])

    assert jws.verify(jws.sign(b"x", SECRET), keys).key is SECRET
    assert code_of(jws.sign(b"x", Key.generate("ES256")), keys) == "unknown_key"


def test_a_callable_chooses_by_the_header() -> None:
    """It is asked with a header nobody has proven, and its answer is held against that header."""
    asked = []

    def choose(header: object) -> Key:
        asked.append(header)
        return SECRET

    assert jws.verify(jws.sign(b"x", SECRET), choose).key is SECRET
    assert asked == [{"alg": "HS256", "kid": "secret"}]
    assert code_of(jws.sign(b"x", PAIR), choose) == "algorithm_mismatch"


def test_a_callable_returns_a_key_or_raises() -> None:
    """None for "no such key" would be the callable's bug, not the token's."""
    with pytest.raises(TypeError, match="returns a Key"):
        jws.verify(jws.sign(b"x", SECRET), lambda _header: None)  # type: ignore[arg-type, return-value]


def test_keys_in_the_header_are_not_used() -> None:
    """C04, C05: CVE-2018-0114: the token brings the key that verifies it."""
    stranger = Key.generate("ES256", kid="pair")
    token = jws.sign(
        b"x", stranger, header={"jwk": stranger.to_jwk(), "jku": "https://evil.example/jwks", "x5c": ["AA"]}
    )

    assert code_of(token, PAIR.public()) == "invalid_signature"


def test_a_key_that_may_not_verify_does_not() -> None:
    """A11: RFC 7517 §4.3: trouble with the key, not with the token."""
    key = Key.from_jwk({**PAIR.to_jwk(private=True), "key_ops": ["sign"]})

    with pytest.raises(KeyMaterialError) as caught:
        jws.verify(jws.sign(b"x", key), key)

    assert caught.value.code == "key_operation"


def test_limits_are_the_callers() -> None:
    token = jws.sign(b"x" * 100, SECRET)

    assert jws.verify(token, SECRET, limits=Limits(max_token_bytes=len(token)))
    with pytest.raises(JoseError) as caught:
        jws.verify(token, SECRET, limits=Limits(max_token_bytes=len(token) - 1))
    assert caught.value.code == "too_large"


def test_the_error_does_not_show_the_token() -> None:
    """B07: CVE-2025-65015: a log line, or an answer, with a good token in it is a leak."""
    token = jws.sign(b"private", SECRET)
    with pytest.raises(JoseError) as caught:
        jws.verify(token, PAIR)

    assert token.split(".")[1] not in str(caught.value) + caught.value.detail
