"""AES Key Wrap and key encryption with AES-GCM (RFC 7518 §4.4, §4.7)."""

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import DecryptionError, KeyMaterialError
from tokensmith.jose.jwa import content_encryption, key_management
from tokensmith.jose.jwa.aes_gcm import encrypt_gcm
from tokensmith.jose.jwa.key_management import Parameters

A3 = load("rfc7516-examples.json")[2]
COOKBOOK = {each["section"]: each for each in load("rfc7520-encryption.json")}
A128CBC = content_encryption("A128CBC-HS256")


def test_the_example_of_key_wrap_both_ways() -> None:
    """RFC 7516 A.3.3."""
    algorithm = key_management("A128KW")
    ready = algorithm.prepare(algorithm, base64url.decode(A3["jwk"]["k"]))
    content_key = base64url.decode(A3["content_key"])
    encrypted_key = base64url.decode(A3["compact"].split(".")[1])

    assert ready.wrap(content_key, A128CBC, Parameters()).encrypted_key == encrypted_key
    assert ready.unwrap is not None
    assert ready.unwrap(encrypted_key, A128CBC, Parameters()) == content_key


def test_the_example_of_key_encryption_with_gcm_both_ways() -> None:
    """RFC 7520 §5.7; the vector is given here, and random in the library."""
    example = COOKBOOK["5.7"]
    secret, content_key = base64url.decode(example["input"]["key"]["k"]), base64url.decode(example["generated"]["cek"])
    iv, tag, encrypted_key = (
        base64url.decode(example["encrypting_key"][name]) for name in ("iv", "tag", "encrypted_key")
    )
    algorithm = key_management("A256GCMKW")
    ready = algorithm.prepare(algorithm, secret)
    sealed = encrypt_gcm(secret, iv=iv, plaintext=content_key, aad=b"")

    assert (sealed.ciphertext, sealed.tag) == (encrypted_key, tag)
    assert ready.unwrap is not None
    assert ready.unwrap(encrypted_key, A128CBC, Parameters(iv=iv, tag=tag)) == content_key


@pytest.mark.parametrize("name", ["A128GCMKW", "A192GCMKW", "A256GCMKW"])
def test_vector_and_tag_have_one_length(name: str) -> None:
    """Threat D12; RFC 7518 §4.7: 96 and 128 bits."""
    algorithm = key_management(name)
    ready = algorithm.prepare(algorithm, bytes(range(algorithm.key_bytes or 0)))
    wrapped = ready.wrap(bytes(32), A128CBC, Parameters())
    iv, tag = wrapped.parameters.iv, wrapped.parameters.tag

    assert (len(iv), len(tag)) == (12, 16)
    for said in (
        Parameters(iv=iv[:-1], tag=tag),
        Parameters(iv=iv, tag=tag[:-1]),
        Parameters(iv=iv, tag=tag[:4]),
        Parameters(),
    ):
        with pytest.raises(DecryptionError):
            ready.unwrap(wrapped.encrypted_key, A128CBC, said)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"])
def test_a_secret_has_exactly_the_length_in_the_name(name: str) -> None:
    algorithm = key_management(name)
    octets = int(name[1:4]) // 8

    assert algorithm.prepare(algorithm, bytes(octets)).key_type == "oct"
    for other in (0, octets - 1, octets + 1, 64):
        with pytest.raises(KeyMaterialError) as refusal:
            algorithm.prepare(algorithm, bytes(other))
        assert refusal.value.code == "algorithm_mismatch"
