"""Files that hold no key, more than one, or one that may not be used as asked (RFC 7468, RFC 4055)."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.jose.jwk.key_files import EC, RSA, armour, certify, pss_only, public_pem
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key


def refusal_of(data: str | bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_pem(data, **options)
    return refusal.value.code


def der_refusal_of(data: bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_der(data, **options)
    return refusal.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a key",
        b"/etc/ssl/private/key.pem",
        public_pem("ES256") + public_pem("ES384"),
        certify(EC.public_key()).public_bytes(Encoding.PEM) * 2,
        public_pem("ES256")[:60],
        public_pem("ES256").replace(b"M", b"!"),
        b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----",
        b"-----BEGIN CERTIFICATE-----\nAQAB\n-----END CERTIFICATE-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAQAB\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
        b"ssh-rsa AAAA",
        b"ssh-ed25519 !!!!",
        "ü\ud800",
    ],
    ids=range(15),
)
def test_what_is_not_exactly_one_key_is_refused(data: str | bytes) -> None:
    assert refusal_of(data, alg="ES256") == "malformed_key"


@pytest.mark.parametrize("data", [b"", b"\x30", b"junk", b"\x30\x03\x02\x01\x05", bytes(64)])
def test_der_that_is_no_key_is_refused(data: bytes) -> None:
    assert der_refusal_of(data, alg="ES256") == "malformed_key"
    assert der_refusal_of(data, alg="ES256", password="password") == "malformed_key"


UNSUPPORTED = {
    "brainpool": ec.generate_private_key(ec.BrainpoolP256R1()),
    "P-224": ec.generate_private_key(ec.SECP224R1()),
    "DSA": dsa.generate_private_key(2048),
}


@pytest.mark.parametrize("kind", UNSUPPORTED)
def test_a_key_of_a_kind_we_do_not_use_is_refused(kind: str) -> None:
    key: Any = UNSUPPORTED[kind]
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    assert refusal_of(private, alg="ES256") == "unsupported_key"
    assert der_refusal_of(public, alg="ES256") == "unsupported_key"


@pytest.mark.parametrize("label", ["DSA PRIVATE KEY", "PGP PUBLIC KEY BLOCK", "CERTIFICATE REQUEST", "X509 CRL"])
def test_another_label_is_refused(label: str) -> None:
    assert refusal_of(armour(b"octets", label)) == "unsupported_key"


def test_a_curve_or_algorithm_the_primitive_does_not_know_is_refused() -> None:
    """The last arc of the OID of P-256, changed."""
    spki = EC.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    strange = spki.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f"))

    assert der_refusal_of(strange) == "unsupported_key"
    assert refusal_of(armour(strange, "PUBLIC KEY")) == "unsupported_key"


@pytest.mark.parametrize(("octets", "code"), [(65_536, "malformed_key"), (65_537, "oversized_key")])
def test_a_key_file_is_at_most_64_kib(octets: int, code: str) -> None:
    assert refusal_of(b"x" * octets) == code
    assert der_refusal_of(b"x" * octets) == code


def test_a_weak_key_from_a_file_is_refused() -> None:
    """A16: the rule is that of the key, whatever it comes in."""
    weak = rsa.generate_private_key(65537, 1024)

    assert refusal_of(weak.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), alg="RS256") == "weak_key"


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_key_for_pss_alone_does_not_sign_in_another_way(alg: str) -> None:
    """A13: RFC 4055 §1.2: id-RSASSA-PSS restricts the key; the primitive forgets it when it loads the key."""
    spki = pss_only(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    pkcs8 = pss_only(RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    for der, label in ((spki, "PUBLIC KEY"), (pkcs8, "PRIVATE KEY")):
        assert der_refusal_of(der, alg=alg) == "algorithm_mismatch"
        assert refusal_of(armour(der, label), alg=alg) == "algorithm_mismatch"
        assert Key.from_der(der, alg="PS256").alg == "PS256"
        assert Key.from_pem(armour(der, label), alg="PS256").alg == "PS256"


def test_a_certificate_signed_with_pss_may_hold_any_rsa_key() -> None:
    signed = certify(
        RSA.public_key(), signer=RSA, rsa_padding=padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
    ).public_bytes(Encoding.PEM)

    assert Key.from_pem(signed, alg="RS256").alg == "RS256"


def test_a_certificate_for_a_pss_key_is_for_pss_alone() -> None:
    """The key inside the certificate, rewritten; nobody looks at the signature here."""
    der = certify(RSA.public_key()).public_bytes(Encoding.DER)
    spki = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    changed = der.replace(spki, pss_only(spki))
    inner = int.from_bytes(changed[6:8], "big") - 2
    outer = int.from_bytes(changed[2:4], "big") - 2
    changed = changed[:2] + outer.to_bytes(2, "big") + changed[4:6] + inner.to_bytes(2, "big") + changed[8:]

    assert der_refusal_of(changed, alg="RS256") == "algorithm_mismatch"
    assert Key.from_der(changed, alg="PS256").alg == "PS256"


@pytest.mark.parametrize("value", [None, 1, ["-----BEGIN"], ...], ids=repr)
def test_misuse_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError):
        Key.from_pem(value)
    with pytest.raises(TypeError):
        Key.from_der(value)
    with pytest.raises(TypeError):
        Key.from_pem(public_pem("ES256"), kid=value or 5)
    with pytest.raises(TypeError):
        Key.from_pem(public_pem("ES256"), password=value or 5)


def test_der_is_no_text() -> None:
    with pytest.raises(TypeError):
        Key.from_der("MFkw")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    [
        "AES-128-CBC,00",
        "AES-128-CBC,0011223344556677",
        "AES-256-CBC,",
        "AES-256-CBC," + "00" * 17,
        "DES-EDE3-CBC,00112233",
        "DES-EDE3-CBC," + "00" * 16,
        "AES-128-GCM," + "00" * 16,
        "AES-128-CBC",
        "",
    ],
)
def test_a_broken_encryption_header_is_refused(header: str) -> None:
    """RFC 1421 §4.6.1.3. On a short initial vector the primitive panics: a BaseException, past every "except"."""
    locked = EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"password"))
    lines = locked.decode().splitlines()
    broken = "\n".join(f"DEK-Info: {header}" if line.startswith("DEK-Info") else line for line in lines)

    assert refusal_of(broken, password="password") == "malformed_key"
    assert refusal_of(locked.replace(b"DEK-Info: ", b"DEK-Info:"), password="password") == "malformed_key"


def test_an_ssh_key_with_a_compressed_point_is_not_supported() -> None:
    """The primitive raises NotImplementedError."""
    point = EC.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    strings = (b"ecdsa-sha2-nistp256", b"nistp256", point)
    blob = b"".join(len(each).to_bytes(4, "big") + each for each in strings)

    assert refusal_of(b"ecdsa-sha2-nistp256 " + base64.b64encode(blob)) == "unsupported_key"


def test_a_certificate_of_an_unknown_version_is_refused() -> None:
    """The primitive raises InvalidVersion, which is no ValueError."""
    der = certify(EC.public_key()).public_bytes(Encoding.DER)
    changed = der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020117"), 1)

    assert changed != der
    assert der_refusal_of(changed) == "malformed_key"
    assert refusal_of(armour(changed, "CERTIFICATE")) == "malformed_key"
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_secret(changed)

    assert refusal.value.code == "public_key_as_secret"
