"""Ed25519, Ed448 and the older name EdDSA (RFC 8037 §3.1, RFC 9864 §2.2)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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
    """A13: RFC 9864 §2.2; the full names are one curve each."""
    with pytest.raises(KeyMaterialError) as refusal:
        prepare(name, key)

    assert refusal.value.code == "algorithm_mismatch"


def test_a_public_key_does_not_sign() -> None:
    assert prepare("Ed25519", Ed25519PrivateKey.generate().public_key()).sign is None


def test_a_scalar_above_the_group_order_is_refused() -> None:
    """B11: RFC 8032 §5.1.7; S + L verifies in careless libraries, and makes two signatures of one."""
    key = Ed25519PrivateKey.generate()
    good = key.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    shifted = good[:32] + (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")

    assert not prepare("Ed25519", key).verify(shifted, b"message")


P_25519 = 2**255 - 19
P_448 = 2**448 - 2**224 - 1
EIGHTH = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def point(y: int, *, octets: int, sign: int = 0) -> bytes:
    """RFC 8032 §5.1.2: y in little-endian order, the sign of x in the highest bit."""
    return (y | sign << (8 * octets - 1)).to_bytes(octets, "little")


def test_the_primitive_takes_one_signature_for_every_message() -> None:
    """B11: the attack; A and R are the neutral element, S is 0."""
    neutral = point(1, octets=32)
    key = Ed25519PublicKey.from_public_bytes(neutral)
    for message in (b"pay ada 1", b"pay eve 1000000"):
        key.verify(neutral + bytes(32), message)


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize(
    ("octets", "y"),
    [
        *((32, y) for y in (0, 1, P_25519 - 1)),
        *((32, y) for y in (int.from_bytes(EIGHTH, "little"), P_25519 - int.from_bytes(EIGHTH, "little"))),
        *((57, y) for y in (0, 1, P_448 - 1)),
    ],
    ids=range(8),
)
def test_a_key_of_small_order_is_refused(octets: int, y: int, sign: int) -> None:
    """B11: under such a key a signature says nothing about the message."""
    encoded = point(y, octets=octets, sign=sign)
    key: KeyObject = (
        Ed25519PublicKey.from_public_bytes(encoded) if octets == 32 else Ed448PublicKey.from_public_bytes(encoded)
    )
    for name in ("Ed25519" if octets == 32 else "Ed448", "EdDSA"):
        with pytest.raises(KeyMaterialError) as refusal:
            prepare(name, key)

        assert refusal.value.code == "weak_key"


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize(
    ("octets", "y"), [(32, P_25519), (32, P_25519 + 1), (32, 2**255 - 1), (57, P_448), (57, 2**455 - 1)]
)
def test_a_key_has_one_spelling(octets: int, y: int, sign: int) -> None:
    """B11: RFC 8032 §5.1.3, §5.2.3; y is below the prime, or one key would have two thumbprints."""
    encoded = point(y, octets=octets, sign=sign)
    key: KeyObject = (
        Ed25519PublicKey.from_public_bytes(encoded) if octets == 32 else Ed448PublicKey.from_public_bytes(encoded)
    )
    with pytest.raises(KeyMaterialError) as refusal:
        prepare("EdDSA", key)

    assert refusal.value.code == "malformed_key"


def test_the_points_of_order_eight_are_on_the_curve() -> None:
    """-x² + y² = 1 + d·x²·y² of RFC 8032 §5.1, solved for x²; twice such a point has order 4, so its y is 0."""
    y = int.from_bytes(EIGHTH, "little")
    d = -121665 * pow(121666, -1, P_25519)
    x_squared = (y * y - 1) * pow(d * y * y + 1, -1, P_25519) % P_25519
    # y of the double: (y² + x²) / (1 - d·x²·y²); a point of order 4 has y = 0.
    double = (y * y + x_squared) * pow(1 - d * x_squared * y * y, -1, P_25519) % P_25519

    assert double == 0
