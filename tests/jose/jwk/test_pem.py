"""Keys as PEM and DER, in and out (RFC 7468), and OpenSSH's own forms."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key

KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
}
RSA, EC = KEYS["RS256"], KEYS["ES256"]
MESSAGE = b"message"
LOCKED = BestAvailableEncryption(b"password")
# The primitive reads keys whose algorithm is RSASSA-PSS, but writes none, so the tests put it in its place.
PSS_IDENTIFIER = bytes.fromhex("300b06092a864886f70d01010a")
RSA_IDENTIFIER = bytes.fromhex("300d06092a864886f70d0101010500")


def refusal_of(data: str | bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_pem(data, **options)
    return refusal.value.code


def der_refusal_of(data: bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_der(data, **options)
    return refusal.value.code


def certify(key: Any, *, signer: Any = EC, **options: Any) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key).serial_number(1)
    return builder.not_valid_before(start).not_valid_after(start + timedelta(days=1)).sign(signer, SHA256(), **options)


def pss_only(der: bytes) -> bytes:
    """Rewrite an RSA key's DER so that its algorithm is RSASSA-PSS; shorter by two octets, lengths adjusted."""
    outer = int.from_bytes(der[2:4], "big") - 2
    return der[:2] + outer.to_bytes(2, "big") + der[4:].replace(RSA_IDENTIFIER, PSS_IDENTIFIER, 1)


def armour(der: bytes, label: str) -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


@pytest.mark.parametrize(
    ("alg", "form"),
    [
        *((alg, PrivateFormat.PKCS8) for alg in KEYS),
        *((alg, PrivateFormat.TraditionalOpenSSL) for alg in KEYS if not alg.startswith("Ed")),
        *((alg, PrivateFormat.OpenSSH) for alg in KEYS if alg != "Ed448"),
    ],
)
def test_a_private_key_is_read_in_every_form_it_has(alg: str, form: PrivateFormat) -> None:
    """PKCS#8, PKCS#1 and SEC 1, OpenSSH."""
    key = Key.from_pem(KEYS[alg].private_bytes(Encoding.PEM, form, NoEncryption()), alg=alg)

    assert key.is_private
    assert key.verify_bytes(key.sign_bytes(MESSAGE), MESSAGE)
    assert key.to_pem() == Key.from_pem(public_pem(alg), alg=alg).to_pem()


def public_pem(alg: str) -> bytes:
    encoded: bytes = KEYS[alg].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return encoded


@pytest.mark.parametrize("alg", KEYS)
def test_der_is_read_like_pem(alg: str) -> None:
    private = KEYS[alg].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = KEYS[alg].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    locked = KEYS[alg].private_bytes(Encoding.DER, PrivateFormat.PKCS8, LOCKED)

    assert Key.from_der(private, alg=alg).is_private
    assert Key.from_der(locked, alg=alg, password="password").is_private
    assert not Key.from_der(public, alg=alg).is_private
    assert Key.from_der(public, alg=alg, kid="one").kid == "one"


@pytest.mark.parametrize("alg", KEYS)
def test_what_we_write_the_primitive_reads(alg: str) -> None:
    key = Key.from_pem(KEYS[alg].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), alg=alg)

    assert key.to_pem().encode() == public_pem(alg)
    assert key.to_pem(private=True).startswith("-----BEGIN PRIVATE KEY-----\n")
    locked = key.to_pem(private=True, password=b"password")
    assert locked.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert load_pem_private_key(locked.encode(), b"password")


def test_a_public_key_is_read_in_every_form_it_has() -> None:
    """SPKI, PKCS#1, X.509, OpenSSH; a certificate's dates are not looked at."""
    key = RSA.public_key()
    forms = [
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        certify(key).public_bytes(Encoding.PEM),
        key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        b"\n " + key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b" ada@example\n",
        b"Some text first\n" + public_pem("RS256") + b"and some behind\n",
    ]
    ders = [
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(Encoding.DER, PublicFormat.PKCS1),
        certify(key).public_bytes(Encoding.DER),
    ]
    thumbprints = {Key.from_pem(form, alg="RS256").thumbprint() for form in forms}

    assert thumbprints == {Key.from_der(form, alg="RS256").thumbprint() for form in ders}
    assert len(thumbprints) == 1


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512", "Ed25519", "Ed448"])
def test_the_curve_settles_the_algorithm(alg: str) -> None:
    assert Key.from_pem(public_pem(alg)).alg == alg


def test_an_rsa_key_needs_its_algorithm_named() -> None:
    assert refusal_of(public_pem("RS256")) == "algorithm_required"


@pytest.mark.parametrize(
    ("kind", "alg"), [("RS256", "HS256"), ("ES256", "HS256"), ("ES256", "ES384"), ("Ed25519", "RS256")]
)
def test_the_algorithm_fits_the_key(kind: str, alg: str) -> None:
    """RFC 8725 §2.1: a public key read from a file is never an HMAC secret."""
    assert refusal_of(public_pem(kind), alg=alg) == "algorithm_mismatch"


def test_a_kid_is_the_one_given_or_none() -> None:
    """Tokens of foreign issuers carry kids that no file knows; a key without one answers for all of them."""
    assert Key.from_pem(public_pem("ES256")).kid is None
    assert Key.from_pem(public_pem("ES256"), kid="2026-01").kid == "2026-01"


def test_elliptic_curve_parameters_before_the_key_do_no_harm() -> None:
    """OpenSSL's ecparam writes them; OID 1.2.840.10045.3.1.7."""
    parameters = armour(bytes.fromhex("06082a8648ce3d030107"), "EC PARAMETERS")
    key = EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()

    assert Key.from_pem(parameters + key).alg == "ES256"


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
    "X25519": x25519.X25519PrivateKey.generate(),
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
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


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_needs_its_password(form: PrivateFormat) -> None:
    locked = RSA.private_bytes(Encoding.PEM, form, LOCKED)

    assert Key.from_pem(locked, alg="RS256", password="password").is_private
    assert Key.from_pem(locked, alg="RS256", password=b"password").is_private
    assert refusal_of(locked, alg="RS256") == "password"
    assert refusal_of(locked, alg="RS256", password="") == "password"
    assert refusal_of(locked, alg="RS256", password="Password") == "malformed_key"


def test_an_encrypted_der_key_needs_its_password() -> None:
    locked = EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, LOCKED)

    assert der_refusal_of(locked) == "password"
    assert der_refusal_of(locked, password="Password") == "malformed_key"


def test_a_password_for_what_is_not_encrypted_is_refused() -> None:
    """Whoever passes one believes the file to be protected."""
    private = EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ssh = EC.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)

    assert refusal_of(private, password="password") == "password"
    assert refusal_of(public_pem("ES256"), password="password") == "password"
    assert refusal_of(ssh, password="password") == "password"


@pytest.mark.parametrize(("octets", "code"), [(65_536, "malformed_key"), (65_537, "oversized_key")])
def test_a_key_file_is_at_most_64_kib(octets: int, code: str) -> None:
    assert refusal_of(b"x" * octets) == code
    assert der_refusal_of(b"x" * octets) == code


def test_a_weak_key_from_a_file_is_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)

    assert refusal_of(weak.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), alg="RS256") == "weak_key"


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_key_for_pss_alone_does_not_sign_in_another_way(alg: str) -> None:
    """RFC 4055 §1.2: id-RSASSA-PSS restricts the key; the primitive forgets it when it loads the key."""
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


def test_a_public_half_is_written_from_either_half() -> None:
    private = Key.generate("ES256")

    assert private.to_pem() == private.public().to_pem()
    with pytest.raises(KeyMaterialError) as refusal:
        private.public().to_pem(private=True)

    assert refusal.value.code == "not_private"


@pytest.mark.parametrize("private", [False, True])
def test_a_secret_has_no_pem_form(private: bool) -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.generate("HS256").to_pem(private=private)

    assert refusal.value.code == "symmetric_key"


def test_a_password_belongs_to_a_private_key() -> None:
    with pytest.raises(ValueError, match="password"):
        Key.generate("ES256").to_pem(password="password")
    with pytest.raises(ValueError, match=r"[Pp]assword"):
        Key.generate("ES256").to_pem(private=True, password="")


@pytest.mark.parametrize("value", [None, 1, ["-----BEGIN"], object()], ids=repr)
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
