"""RSA-OAEP (RFC 7518 §4.3)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.jose.jwe.vectors import load
from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import KEY_MANAGEMENT_ALGORITHMS, content_encryption, key_management
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwk.rsa_members import read_rsa

A1 = load("rfc7516-examples.json")[0]
COOKBOOK = load("rfc7520-encryption.json")[1]
NAMES = ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]


@pytest.mark.parametrize(
    ("jwk", "encrypted_key", "content_key"),
    [
        (A1["jwk"], A1["compact"].split(".")[1], A1["content_key"]),
        (COOKBOOK["input"]["key"], COOKBOOK["encrypting_key"]["encrypted_key"], COOKBOOK["generated"]["cek"]),
    ],
    ids=["RFC 7516 A.1", "RFC 7520 5.2"],
)
def test_the_examples_of_the_standards(jwk: dict[str, str], encrypted_key: str, content_key: str) -> None:
    """RFC 7516 A.1.3, RFC 7520 §5.2; the padding is random, so they go one way."""
    algorithm = key_management("RSA-OAEP")
    unwrap = algorithm.prepare(algorithm, read_rsa(jwk)).unwrap

    assert unwrap is not None
    found = unwrap(base64url.decode(encrypted_key), content_encryption("A256GCM"), Parameters())
    assert found == base64url.decode(content_key)


def test_the_older_padding_is_not_there() -> None:
    """Threat D08 (RFC 7518 §4.2): what answers no question cannot be an oracle."""
    assert "RSA1_5" not in KEY_MANAGEMENT_ALGORITHMS


@pytest.mark.parametrize("name", NAMES)
def test_a_public_key_encrypts_only(name: str) -> None:
    algorithm = key_management(name)
    private = rsa.generate_private_key(65537, 2048)
    public = algorithm.prepare(algorithm, private.public_key())
    enc = content_encryption("A256CBC-HS512")
    sent = public.wrap(bytes(64), enc, Parameters())

    assert public.unwrap is None
    assert len(sent.encrypted_key) == 256
    assert algorithm.prepare(algorithm, private).unwrap(sent.encrypted_key, enc, Parameters()) == bytes(64)  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES)
def test_a_small_key_is_refused(name: str) -> None:
    """RFC 7518 §4.3: "A key of size 2048 bits or larger MUST be used"."""
    algorithm = key_management(name)
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, rsa.generate_private_key(65537, 1024))

    assert refusal.value.code == "weak_key"
