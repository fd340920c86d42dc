"""What a key may do: by its algorithm, and by its "use" and "key_ops" (RFC 7517 §4.2, §4.3)."""

from typing import Any

import pytest

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key

ALGS = ["HS256", "RS256", "ES256", "ES256K", "Ed25519", "Ed448", "ML-DSA-44"]
KEYS = {alg: Key.generate(alg, kid="key-1") for alg in ALGS}


def with_operations(alg: str, *operations: str, private: bool = True) -> Key:
    jwk = {name: value for name, value in KEYS[alg].to_jwk(private=private).items() if name != "use"}
    return Key.from_jwk(jwk | {"key_ops": list(operations)})


def code_of(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        call(*arguments, **options)
    return refusal.value.code


@pytest.mark.parametrize("alg", ["HS256", "ES256"])
def test_operations_are_checked_where_they_are_done(alg: str) -> None:
    """A11: RFC 7517 §4.3; a key that lists "sign" alone does not verify, and the other way round."""
    signer, verifier = with_operations(alg, "sign"), with_operations(alg, "verify")
    made = signer.sign_bytes(b"message")

    assert verifier.verify_bytes(made, b"message")
    assert code_of(signer.verify_bytes, made, b"message") == "key_operation"
    assert code_of(verifier.sign_bytes, b"message") == "key_operation"


def test_a_public_key_that_may_not_verify_does_not() -> None:
    """A11: RFC 7517 §4.3."""
    key = with_operations("ES256", "sign", private=False)

    assert code_of(key.verify_bytes, bytes(64), b"message") == "key_operation"
    assert key.to_jwk()["key_ops"] == ["sign"], "writing it out widens nothing"


def test_the_public_half_of_a_signing_key_verifies() -> None:
    signer = with_operations("ES256", "sign")
    half = signer.public()

    assert half.key_ops == {"verify"}
    assert signer.to_jwk()["key_ops"] == ["verify"]
    assert signer.to_jwk(private=True)["key_ops"] == ["sign"]
    assert half.verify_bytes(signer.sign_bytes(b"message"), b"message")


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("members", [{"use": "enc"}, {"use": "sig", "key_ops": ["encrypt"]}, {"key_ops": ["decrypt"]}])
def test_a_key_for_encryption_is_no_key_for_signatures(alg: str, members: dict[str, Any]) -> None:
    """A12: one key, one use (RFC 8725 §2.3, §3.1)."""
    jwk = {name: value for name, value in KEYS[alg].to_jwk(private=True).items() if name != "use"}

    assert code_of(Key.from_jwk, jwk | members) == "inconsistent_use"
