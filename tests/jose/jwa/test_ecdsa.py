"""ES256, ES384, ES512, ES256K (RFC 7518 §3.4, RFC 8812 §3.2)."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa import signature
from tokensmith.jose.jwa.curves import CURVES, Curve
from tokensmith.jose.jwa.descriptor import KeyObject, SignatureOperations
from tokensmith.jose.jwa.ecdsa_der import to_der

RFC6979 = json.loads((Path(__file__).parent.parent / "vectors/jwk/rfc6979-deterministic.json").read_text())
NAMES = [("ES256", "P-256", 64), ("ES384", "P-384", 96), ("ES512", "P-521", 132), ("ES256K", "secp256k1", 64)]


def prepare(name: str, key: KeyObject) -> SignatureOperations:
    algorithm = signature(name)
    return algorithm.prepare(algorithm, key)


def sign(name: str, curve: Curve) -> tuple[SignatureOperations, bytes]:
    operations = prepare(name, ec.generate_private_key(curve.implementation))
    if operations.sign is None:
        pytest.fail("a private key signs")
    return operations, operations.sign(b"message")


def raw(r: int, s: int, *, octets: int) -> bytes:
    return r.to_bytes(octets, "big") + s.to_bytes(octets, "big")


@pytest.mark.parametrize("vector", RFC6979, ids=lambda vector: vector["alg"])
def test_signing_is_deterministic(vector: dict[str, Any]) -> None:
    """B08: the nonce follows from key and message, so a weak random source costs no key (RFC 6979 A.2.5–A.2.7)."""
    curve = CURVES[vector["crv"]]
    key = ec.derive_private_key(int(vector["d"], 16), curve.implementation)
    operations = prepare(vector["alg"], key)

    assert operations.sign is not None
    for each in vector["signatures"]:
        expected = raw(int(each["r"], 16), int(each["s"], 16), octets=curve.octets)
        assert operations.sign(each["message"].encode()) == expected
        assert operations.verify(expected, each["message"].encode())


def test_signing_over_secp256k1_is_deterministic() -> None:
    """RFC 8812 §3.2 points to RFC 6979. The key 1 and this text are Bitcoin's own example, which prints n-s for s."""
    curve = CURVES["secp256k1"]
    operations = prepare("ES256K", ec.derive_private_key(1, curve.implementation))
    r = 0x934B1EA10A4B3C1757E2B0C017D0B6143CE3C9A7E6A4A49860D7A6AB210EE3D8
    printed_s = 0x2442CE9D2B916064108014783E923EC36B49743E2FFA1C4496F01A512AAFD9E5

    assert operations.sign is not None
    assert operations.sign(b"Satoshi Nakamoto") == raw(r, curve.order - printed_s, octets=32)


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_the_higher_s_is_as_good_as_the_lower(name: str, curve: str, octets: int) -> None:
    """B03: RFC 7518 §3.4 and RFC 8812 §3.2 ask for no lower s, so no signature tells two uses of a token apart."""
    order, half = CURVES[curve].order, octets // 2
    operations, made = sign(name, CURVES[curve])
    mirrored = order - int.from_bytes(made[half:], "big")

    assert operations.verify(made, b"message")
    assert operations.verify(made[:half] + mirrored.to_bytes(half, "big"), b"message")


def test_an_openssl_without_deterministic_nonces_still_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 6979 needs OpenSSL 3.2; before it, the nonces are OpenSSL's own, hedged with the key."""
    monkeypatch.setattr(type(backend), "ecdsa_deterministic_supported", lambda self: False)
    operations, made = sign("ES256", CURVES["P-256"])

    assert operations.verify(made, b"message")


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_a_signature_is_r_and_s_side_by_side(name: str, curve: str, octets: int) -> None:
    """RFC 7518 §3.4, RFC 8812 §3.2: 64, 96 and 132 octets, big-endian, leading zeros kept."""
    operations, made = sign(name, CURVES[curve])

    assert len(made) == octets
    assert operations.verify(made, b"message")


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_der_is_refused(name: str, curve: str, octets: int) -> None:
    """B02: the same r and s in DER, as most libraries outside JOSE write them."""
    operations, made = sign(name, CURVES[curve])
    half = octets // 2
    der = encode_dss_signature(int.from_bytes(made[:half], "big"), int.from_bytes(made[half:], "big"))

    assert not operations.verify(der, b"message")
    assert not operations.verify(der.ljust(octets, b"\0")[:octets], b"message")


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_another_length_is_refused(name: str, curve: str, octets: int) -> None:
    """B02: zero-extended halves keep r and s; they are still another spelling of the signature."""
    operations, made = sign(name, CURVES[curve])
    half = octets // 2
    wider = raw(int.from_bytes(made[:half], "big"), int.from_bytes(made[half:], "big"), octets=half + 1)

    extended = made[:half] + b"\0" + made[half:]
    for bad in (b"", made[:-1], made[1:], made[:half], made * 2, wider, extended):
        assert not operations.verify(bad, b"message")


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_r_and_s_lie_between_zero_and_the_order(name: str, curve: str, octets: int) -> None:
    """B01: psychic signatures; (0, 0) and multiples of n made some verifiers accept every message."""
    half, order = octets // 2, CURVES[curve].order
    operations, made = sign(name, CURVES[curve])
    good_r, good_s = int.from_bytes(made[:half], "big"), int.from_bytes(made[half:], "big")
    largest = (1 << 8 * half) - 1
    for bad in (0, order, order + 1, largest):
        for r, s in ((bad, bad), (bad, good_s), (good_r, bad), (bad, 1), (1, bad)):
            assert not operations.verify(raw(r, s, octets=half), b"message")


@pytest.mark.parametrize(("name", "curve", "octets"), NAMES)
def test_the_range_is_checked_before_the_primitive(
    name: str, curve: str, octets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B01: our own check, whatever the primitive thinks of such values; 1 and n-1 reach it."""
    half, order = octets // 2, CURVES[curve].order
    seen: list[tuple[int, int]] = []

    def watch(r: bytes, s: bytes) -> bytes:
        seen.append((int.from_bytes(r, "big"), int.from_bytes(s, "big")))
        return to_der(r, s)

    monkeypatch.setattr("tokensmith.jose.jwa.ecdsa.to_der", watch)
    operations = prepare(name, ec.generate_private_key(CURVES[curve].implementation).public_key())
    for r, s in ((0, 0), (0, 1), (1, 0), (order, 1), (1, order), (1, 1), (order - 1, order - 1)):
        assert not operations.verify(raw(r, s, octets=half), b"message")

    assert seen == [(1, 1), (order - 1, order - 1)]


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("ES256", ec.SECP384R1()),
        ("ES256", ec.SECP521R1()),
        ("ES256", ec.SECP256K1()),
        ("ES384", ec.SECP256R1()),
        ("ES512", ec.SECP256R1()),
        ("ES512", ec.SECP384R1()),
        ("ES256K", ec.SECP256R1()),
        ("ES256K", ec.SECP384R1()),
    ],
)
def test_each_algorithm_has_its_own_curve(name: str, curve: ec.EllipticCurve) -> None:
    """A13: ES256 is P-256, ES384 is P-384, ES512 is P-521 (RFC 7518 §3.4), ES256K is secp256k1 (RFC 8812 §3.3)."""
    key = ec.generate_private_key(curve)
    for half in (key, key.public_key()):
        with pytest.raises(KeyMaterialError) as refusal:
            prepare(name, half)

        assert refusal.value.code == "algorithm_mismatch"


@pytest.mark.parametrize("key", [b"k" * 64, rsa.generate_private_key(65537, 2048)], ids=["secret", "RSA"])
def test_a_key_of_another_type_is_refused(key: bytes | rsa.RSAPrivateKey) -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        prepare("ES256", key)

    assert refusal.value.code == "algorithm_mismatch"


def test_a_public_key_does_not_sign() -> None:
    assert prepare("ES256", ec.generate_private_key(ec.SECP256R1()).public_key()).sign is None


def test_our_spelling_is_the_primitive_s_der() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(b"message", ec.ECDSA(SHA256())))

    assert prepare("ES256", key).verify(raw(r, s, octets=32), b"message")
