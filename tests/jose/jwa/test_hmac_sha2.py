"""HS256, HS384, HS512 (RFC 7518 §3.2)."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.descriptor import KeyObject

ALGORITHMS = [("HS256", 32), ("HS384", 48), ("HS512", 64)]


@pytest.mark.parametrize(("name", "octets"), ALGORITHMS)
def test_the_tag_is_the_standard_library_s(name: str, octets: int) -> None:
    secret = bytes(range(octets))
    algorithm = signature(name)
    operations = algorithm.prepare(algorithm, secret)
    expected = hmac.digest(secret, b"message", f"sha{name[2:]}")

    assert operations.sign is not None
    assert operations.sign(b"message") == expected
    assert operations.sign(b"message") == expected, "the keyed state is copied, not used up"
    assert operations.verify(expected, b"message")


@pytest.mark.parametrize(("name", "octets"), ALGORITHMS)
def test_a_secret_shorter_than_the_hash_is_refused(name: str, octets: int) -> None:
    """A14: RFC 7518 §3.2: "A key of the same size as the hash output ... or larger MUST be used"."""
    algorithm = signature(name)
    for short in (b"", b"x", bytes(range(octets - 1))):
        with pytest.raises(KeyMaterialError) as refusal:
            algorithm.prepare(algorithm, short)

        assert refusal.value.code == "weak_key"
    assert algorithm.prepare(algorithm, bytes(range(octets))).verify(b"", b"") is False


@pytest.mark.parametrize(("name", "octets"), ALGORITHMS)
def test_a_truncated_or_padded_tag_is_refused(name: str, octets: int) -> None:
    """A03: RFC 7518 §3.2: the whole tag is compared; half of it is half the work for a forger."""
    secret = bytes(range(octets))
    algorithm = signature(name)
    operations = algorithm.prepare(algorithm, secret)
    tag = hmac.new(secret, b"message", getattr(hashlib, f"sha{name[2:]}")).digest()

    assert not any(operations.verify(bad, b"message") for bad in (b"", tag[: octets // 2], tag[:-1], tag + b"\0"))


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048).public_key(), ec.generate_private_key(ec.SECP256R1())],
    ids=["RSA public", "EC private"],
)
def test_an_asymmetric_key_never_becomes_a_secret(key: KeyObject) -> None:
    """A05: RFC 8725 §2.1: RS256 to HS256 confusion, where the public key signs."""
    algorithm = signature("HS256")
    with pytest.raises(KeyMaterialError) as refusal:
        algorithm.prepare(algorithm, key)

    assert refusal.value.code == "algorithm_mismatch"


def test_tags_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """B06: the comparison is `hmac.compare_digest`, and only of octets of one length."""
    compared: list[tuple[bytes, bytes]] = []

    def watch(first: bytes, second: bytes) -> bool:
        compared.append((first, second))
        return hmac.compare_digest(first, second)

    monkeypatch.setattr("tokensmith.jose.jwa.hmac_sha2.compare_digest", watch)
    algorithm = signature("HS256")
    operations = algorithm.prepare(algorithm, bytes(range(32)))
    assert operations.sign is not None
    tag = operations.sign(b"message")

    assert operations.verify(tag, b"message")
    assert not operations.verify(bytes(32), b"message")
    assert not operations.verify(tag[:16], b"message")
    assert compared == [(tag, tag), (tag, bytes(32))]
