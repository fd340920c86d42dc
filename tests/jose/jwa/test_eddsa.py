"""Ed25519, Ed448 and the older name EdDSA (RFC 8037 §3.1, RFC 9864 §2.2)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.descriptor import KeyObject, SignatureOperations


def prepare(name: str, key: KeyObject) -> SignatureOperations:
    algorithm = signature(name)
    return algorithm.prepare(algorithm, key)


@pytest.mark.parametrize(
    ("name", "key", "octets"),
    [
        ("Ed25519", Ed25519PrivateKey.generate(), 64),
        ("Ed448", Ed448PrivateKey.generate(), 114),
        ("EdDSA", Ed25519PrivateKey.generate(), 64),
        ("EdDSA", Ed448PrivateKey.generate(), 114),
    ],
)
def test_each_name_signs_with_its_curve(name: str, key: Ed25519PrivateKey | Ed448PrivateKey, octets: int) -> None:
    """RFC 8032 §5.1.6 and §5.2.6: 64 and 114 octets."""
    operations = prepare(name, key)

    assert operations.sign is not None
    made = operations.sign(b"message")
    assert made == key.sign(b"message")
    assert len(made) == octets
    assert operations.verify(made, b"message")
    assert not any(operations.verify(bad, b"message") for bad in (b"", made[:-1], made + b"\0", b"\0" * octets))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ed25519", Ed448PrivateKey.generate()),
        ("Ed448", Ed25519PrivateKey.generate()),
        ("Ed25519", Ed448PrivateKey.generate().public_key()),
        ("Ed448", Ed25519PrivateKey.generate().public_key()),
        ("Ed25519", ec.generate_private_key(ec.SECP256R1())),
        ("EdDSA", ec.generate_private_key(ec.SECP256R1())),
        ("EdDSA", b"k" * 64),
    ],
)
def test_a_key_of_another_curve_or_type_is_refused(name: str, key: KeyObject) -> None:
    """RFC 9864 §2.2: the full names are one curve each."""
    with pytest.raises(KeyMaterialError) as refusal:
        prepare(name, key)

    assert refusal.value.code == "algorithm_mismatch"


def test_a_public_key_does_not_sign() -> None:
    assert prepare("Ed25519", Ed25519PrivateKey.generate().public_key()).sign is None


def test_a_scalar_above_the_group_order_is_refused() -> None:
    """RFC 8032 §5.1.7: S + L verifies in careless libraries, and makes two signatures of one."""
    key = Ed25519PrivateKey.generate()
    good = key.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    shifted = good[:32] + (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")

    assert not prepare("Ed25519", key).verify(shifted, b"message")
