"""What algorithms say of themselves (RFC 7518 §3.1)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey, MLDSA65PublicKey, MLDSA87PublicKey

from tokensmith.jose.jwa import SIGNATURE_ALGORITHMS, SignatureAlgorithm, signature
from tokensmith.jose.jwa.descriptor import key_type_mismatch

ALL = list(SIGNATURE_ALGORITHMS.values())


@pytest.mark.parametrize("algorithm", ALL, ids=lambda each: each.name)
def test_a_name_ends_with_the_size_of_its_hash(algorithm: SignatureAlgorithm) -> None:
    """RFC 7518 §3.1, RFC 8812 §3.2 with its K for the curve; Edwards and lattice schemes settle their own."""
    expected = None if algorithm.name.startswith(("Ed", "ML-DSA")) else int(algorithm.name.removesuffix("K")[-3:])

    assert algorithm.hash_bits == expected


@pytest.mark.parametrize("algorithm", ALL, ids=lambda each: each.name)
def test_curves_belong_to_key_types_that_have_them(algorithm: SignatureAlgorithm) -> None:
    assert bool(algorithm.curves) is (algorithm.key_type in {"EC", "OKP"})


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("HS256", 32),
        ("HS512", 64),
        ("ES256", 64),
        ("ES384", 96),
        ("ES512", 132),
        ("ES256K", 64),
        ("Ed25519", 64),
        ("Ed448", 114),
        ("ML-DSA-44", 2420),
        ("ML-DSA-65", 3309),
        ("ML-DSA-87", 4627),
    ],
)
def test_a_signature_has_one_length(name: str, octets: int) -> None:
    """RFC 7518 §3.2 and §3.4, RFC 8032 §5, RFC 9964 §5."""
    assert signature(name).signature_bytes == octets


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HS256", "HS256 needs an oct key."),
        ("RS256", "RS256 needs an RSA key."),
        ("ES256", "ES256 needs an EC key on P-256."),
        ("ML-DSA-44", "ML-DSA-44 needs an AKP key."),
        ("EdDSA", "EdDSA needs an OKP key on Ed25519 or Ed448."),
    ],
)
def test_a_mismatch_says_what_was_needed(name: str, text: str) -> None:
    error = key_type_mismatch(signature(name))

    assert str(error) == text
    assert error.code == "algorithm_mismatch"


def credulous(kind: type, *, octets: int) -> Any:
    """A public key whose primitive takes everything for a signature."""
    raw = (2).to_bytes(octets, "little")
    made: Any = type("Credulous", (kind,), {"verify": lambda *_: None, "public_bytes_raw": lambda _: raw})
    made.__abstractmethods__ = frozenset()
    return made()


@pytest.mark.parametrize(
    ("name", "key", "octets"),
    [
        ("Ed25519", credulous(Ed25519PublicKey, octets=32), 64),
        ("Ed448", credulous(Ed448PublicKey, octets=57), 114),
        ("ML-DSA-44", credulous(MLDSA44PublicKey, octets=1312), 2420),
        ("ML-DSA-65", credulous(MLDSA65PublicKey, octets=1952), 3309),
        ("ML-DSA-87", credulous(MLDSA87PublicKey, octets=2592), 4627),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_length_is_checked_before_the_primitive(name: str, key: Any, octets: int) -> None:
    """A03: our own check, whatever the primitive thinks of an empty or a longer signature."""
    algorithm = signature(name)
    verify = algorithm.prepare(algorithm, key).verify

    assert verify(bytes(octets), b"message")
    assert not any(verify(bytes(wrong), b"message") for wrong in (0, octets - 1, octets + 1, 2 * octets))
