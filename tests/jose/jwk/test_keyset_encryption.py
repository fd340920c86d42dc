"""Sets with keys of both uses: whoever verifies never meets one that encrypts, nor the other way round."""

from typing import Any

import pytest

from tokensmith.jose.errors import JoseError, KeyMaterialError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.jwk import Key, KeySet

SIGNS = Key.generate("ES256", kid="a")
AGREES = Key.generate("ECDH-ES", kid="a")
WRAPS = Key.generate("A128KW", kid="w")
RSA = Key.generate("RSA-OAEP-256", kid="r")
KEYS = KeySet([SIGNS, AGREES, WRAPS, RSA])


def refusal_of(find: Any, header: dict[str, Any]) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        find(header)
    return refusal.value


def test_a_key_that_decrypts_is_found_by_algorithm_and_kid() -> None:
    assert KEYS.find_for_decryption({"alg": "ECDH-ES", "kid": "a"}) is AGREES
    assert KEYS.find_for_decryption({"alg": "A128KW"}) is WRAPS
    assert KEYS.find({"alg": "ES256", "kid": "a"}) is SIGNS


@pytest.mark.parametrize("alg", ["ECDH-ES", "A128KW", "RSA-OAEP-256"])
def test_a_token_to_verify_never_reaches_a_key_that_encrypts(alg: str) -> None:
    """Threats A10 and A12."""
    refusal = refusal_of(KEYS.find, {"alg": alg})

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "unsupported_algorithm"


@pytest.mark.parametrize("alg", ["ES256", "HS256", "none", "RSA1_5", "A128GCM", "dir "])
def test_a_token_to_decrypt_never_reaches_a_key_that_signs(alg: str) -> None:
    """Threat A12; threat D08 for the one that nobody has."""
    assert refusal_of(KEYS.find_for_decryption, {"alg": alg, "kid": "a"}).code == "unsupported_algorithm"


def test_the_kid_of_a_key_of_the_other_use_is_unknown() -> None:
    """Not a mismatch, which would say that the key is there."""
    assert isinstance(refusal_of(KEYS.find, {"alg": "ES256", "kid": "w"}), UnknownKeyError)
    assert refusal_of(KEYS.find_for_decryption, {"alg": "A128KW", "kid": "a"}).code == "algorithm_mismatch"


def test_two_keys_of_one_algorithm_are_ambiguous_without_a_kid() -> None:
    keys = KeySet([WRAPS, Key.generate("A128KW", kid="x")])

    assert refusal_of(keys.find_for_decryption, {"alg": "A128KW"}).code == "ambiguous_key"
    assert refusal_of(KeySet([]).find_for_decryption, {"alg": "A128KW"}).code == "unknown_key"


def test_one_kid_for_two_curves_is_a_duplicate() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        KeySet([AGREES, Key.generate("ECDH-ES", crv="X25519", kid="a")])

    assert refusal.value.code == "duplicate_key"


def test_a_set_survives_its_journey() -> None:
    published = KEYS.to_jwks()
    again = KeySet.from_jwks(published)

    assert [key.alg for key in again] == ["ES256", "ECDH-ES", "RSA-OAEP-256"], "the shared secret is not published"
    assert again.to_jwks() == published


def test_a_published_set_to_verify_with_holds_none_that_encrypt() -> None:
    """Whoever verifies with it needs none, and skips them by name."""
    keys = KeySet.from_jwks(KEYS.to_jwks(), remote=True)

    assert [key.alg for key in keys] == ["ES256"]
    assert [(each.kid, each.code) for each in keys.skipped] == [("a", "key_operation"), ("r", "key_operation")]


def test_keys_of_a_draft_are_found_and_skipped_like_others() -> None:
    """draft-ietf-jose-hpke-encrypt-20 §9; their thumbprints are those of RFC 7638."""
    keys = [Key.generate("HPKE-0"), Key.generate("HPKE-3-KE")]
    published = KeySet(keys).to_jwks()

    assert [key.thumbprint() for key in KeySet.from_jwks(published)] == [key.kid for key in keys]
    assert KeySet(keys).find_for_decryption({"alg": "HPKE-3-KE"}) is keys[1]
    remote = KeySet.from_jwks(published, remote=True)
    assert (len(remote), [each.code for each in remote.skipped]) == (0, ["key_operation", "key_operation"])


def test_a_published_secret_that_encrypts_is_still_one() -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        KeySet.from_jwks({"keys": [WRAPS.to_jwk(private=True)]}, remote=True)

    assert refusal.value.code == "published_secret"


@pytest.mark.parametrize("alg", ["RSA-OAEP", "HS256", "ES256"])
def test_rsa_keys_that_name_no_algorithm_do_not_encrypt(alg: str) -> None:
    with pytest.raises(ValueError, match="no algorithm for RSA keys"):
        KeySet.from_jwks({"keys": []}, rsa_alg=alg)
