"""RS* and PS* (RFC 7518 §3.3, §3.5)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.descriptor import SignatureOperations
from tokensmith.jose.jwa.rsa_signature import check_public_numbers

HASHES: dict[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
KEY = rsa.generate_private_key(65537, 2048)
MODULUS = KEY.public_key().public_numbers().n


def prepare(name: str, key: rsa.RSAPrivateKey | rsa.RSAPublicKey = KEY) -> SignatureOperations:
    algorithm = signature(name)
    return algorithm.prepare(algorithm, key)


def refusal_of(*, modulus: int = MODULUS, exponent: int = 65537) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        check_public_numbers(modulus=modulus, exponent=exponent)
    return refusal.value.code


@pytest.mark.parametrize("bits", HASHES)
def test_rs_is_pkcs1_v1_5_with_the_hash_of_its_name(bits: str) -> None:
    expected = KEY.sign(b"message", PKCS1v15(), HASHES[bits])
    operations = prepare(f"RS{bits}")

    assert operations.sign is not None
    assert operations.sign(b"message") == expected
    assert operations.verify(expected, b"message")


@pytest.mark.parametrize("bits", HASHES)
def test_ps_is_pss_with_one_hash_and_a_salt_of_its_length(bits: str) -> None:
    """B05: RFC 7518 §3.5: MGF1 with the same hash, salt as long as the hash."""
    hash_algorithm = HASHES[bits]
    padding = PSS(mgf=MGF1(hash_algorithm), salt_length=hash_algorithm.digest_size)
    operations = prepare(f"PS{bits}")

    assert operations.sign is not None
    KEY.public_key().verify(operations.sign(b"message"), b"message", padding, hash_algorithm)
    assert operations.verify(KEY.sign(b"message", padding, hash_algorithm), b"message")


@pytest.mark.parametrize(
    "padding",
    [
        PSS(mgf=MGF1(SHA256()), salt_length=0),
        PSS(mgf=MGF1(SHA256()), salt_length=31),
        PSS(mgf=MGF1(SHA256()), salt_length=33),
        PSS(mgf=MGF1(SHA256()), salt_length=PSS.MAX_LENGTH),
        PSS(mgf=MGF1(SHA1()), salt_length=32),
        PSS(mgf=MGF1(SHA512()), salt_length=32),
        PKCS1v15(),
    ],
    ids=["no salt", "short salt", "long salt", "longest salt", "MGF1 of SHA-1", "MGF1 of SHA-512", "PKCS#1 v1.5"],
)
def test_ps256_refuses_any_other_pss_and_pkcs1(padding: PSS | PKCS1v15) -> None:
    """B05: another salt, another hash of MGF1, or PKCS #1 v1.5 under the same key."""
    assert not prepare("PS256").verify(KEY.sign(b"message", padding, SHA256()), b"message")


@pytest.mark.parametrize(
    ("made", "asked"), [("RS256", "RS384"), ("RS256", "PS256"), ("PS256", "RS256"), ("PS512", "PS384")]
)
def test_a_signature_of_one_algorithm_is_none_of_another(made: str, asked: str) -> None:
    """A12: one key object fits six algorithms; the bytes of one are none of another."""
    sign = prepare(made).sign

    assert sign is not None
    assert not prepare(asked).verify(sign(b"message"), b"message")


@pytest.mark.parametrize("name", ["RS256", "PS256"])
def test_the_signature_is_as_long_as_the_modulus(name: str) -> None:
    """RFC 8017 §8.1.2 and §8.2.2, step 1: a stripped or added zero octet is another signature."""
    operations = prepare(name)

    assert operations.sign is not None
    good = operations.sign(b"message")
    assert not any(operations.verify(bad, b"message") for bad in (b"", good[1:], b"\0" + good, good + b"\0", good * 2))
    assert not operations.verify(b"\0" * 256, b"message")
    assert not operations.verify(MODULUS.to_bytes(256, "big"), b"message")
    assert not operations.verify(b"\xff" * 256, b"message")


def test_a_public_key_does_not_sign() -> None:
    assert prepare("RS256", KEY.public_key()).sign is None


@pytest.mark.parametrize("name", ["RS256", "PS384"])
@pytest.mark.parametrize("key", [b"k" * 64, ec.generate_private_key(ec.SECP256R1())], ids=["secret", "EC"])
def test_a_key_of_another_type_is_refused(name: str, key: bytes | ec.EllipticCurvePrivateKey) -> None:
    algorithm = signature(name)
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, key)

    assert refusal.value.code == "algorithm_mismatch"


@pytest.mark.parametrize("name", ["RS256", "PS256"])
def test_a_loaded_key_below_2048_bits_is_refused(name: str) -> None:
    """A16: RFC 7518 §3.3 and §3.5: "A key of size 2048 bits or larger MUST be used"."""
    with pytest.raises(KeyMaterialError) as refusal:
        prepare(name, rsa.generate_private_key(65537, 1024))

    assert refusal.value.code == "weak_key"


@pytest.mark.parametrize(("bits", "code"), [(2047, "weak_key"), (16_385, "oversized_key")])
def test_the_modulus_has_2048_to_16384_bits(bits: int, code: str) -> None:
    """A16: below, it is factored; above, each verification costs its sender nothing and us seconds."""
    assert refusal_of(modulus=(1 << bits) - 1) == code


@pytest.mark.parametrize("bits", [2048, 2049, 3072, 16_384])
def test_a_modulus_within_the_bounds_passes(bits: int) -> None:
    check_public_numbers(modulus=(1 << bits) - 1, exponent=65537)


@pytest.mark.parametrize("exponent", [-1, 0, 1, 2, 4, 65536])
def test_the_exponent_is_odd_and_above_two(exponent: int) -> None:
    """A16: With e = 1 the padded hash is its own signature."""
    assert refusal_of(exponent=exponent) == "weak_key"


def test_the_exponent_has_at_most_64_bits() -> None:
    """A16: A long exponent makes each verification as slow as a signature."""
    check_public_numbers(modulus=MODULUS, exponent=3)
    check_public_numbers(modulus=MODULUS, exponent=(1 << 64) - 1)

    assert refusal_of(exponent=(1 << 64) + 1) == "oversized_key"


def test_an_even_modulus_is_refused() -> None:
    assert refusal_of(modulus=1 << 2048) == "weak_key"
