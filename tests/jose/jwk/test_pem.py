"""Keys as PEM and DER, in and out (RFC 7468), and OpenSSH's own forms."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests.jose.jwk.key_files import EC, KEYS, RSA, armour, certify, public_pem
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key

MESSAGE = b"message"
LOCKED = BestAvailableEncryption(b"password")
WRITERS = [Key.to_pem, Key.to_der]


def refusal_of(data: str | bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_pem(data, **options)
    return refusal.value.code


def der_refusal_of(data: bytes, **options: Any) -> str:
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_der(data, **options)
    return refusal.value.code


@pytest.mark.parametrize(
    ("alg", "form"),
    [
        *((alg, PrivateFormat.PKCS8) for alg in KEYS),
        *((alg, PrivateFormat.TraditionalOpenSSL) for alg in KEYS if not alg.startswith(("Ed", "ML"))),
        *((alg, PrivateFormat.OpenSSH) for alg in KEYS if alg not in {"ES256K", "Ed448"} and not alg.startswith("ML")),
    ],
)
def test_a_private_key_is_read_in_every_form_it_has(alg: str, form: PrivateFormat) -> None:
    """PKCS#8, PKCS#1 and SEC 1, OpenSSH, which has no form for secp256k1, Ed448 and ML-DSA."""
    key = Key.from_pem(KEYS[alg].private_bytes(Encoding.PEM, form, NoEncryption()), alg=alg)

    assert key.is_private
    assert key.verify_bytes(key.sign_bytes(MESSAGE), MESSAGE)
    assert key.to_pem() == Key.from_pem(public_pem(alg), alg=alg).to_pem()


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
def test_a_certificate_may_hold_any_kind_of_key(alg: str) -> None:
    certificate = certify(KEYS[alg].public_key())

    assert Key.from_pem(certificate.public_bytes(Encoding.PEM), alg=alg).to_pem().encode() == public_pem(alg)
    assert Key.from_der(certificate.public_bytes(Encoding.DER), alg=alg).to_pem().encode() == public_pem(alg)


@pytest.mark.parametrize("alg", KEYS)
def test_what_we_write_the_primitive_reads(alg: str) -> None:
    key = Key.from_pem(KEYS[alg].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), alg=alg)

    assert key.to_pem().encode() == public_pem(alg)
    assert key.to_pem(private=True).startswith("-----BEGIN PRIVATE KEY-----\n")
    locked = key.to_pem(private=True, password=b"password")
    assert locked.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert load_pem_private_key(locked.encode(), b"password")


@pytest.mark.parametrize("alg", KEYS)
def test_der_is_written_like_pem(alg: str) -> None:
    """The octets that PEM puts into base64 (RFC 7468 §2)."""
    key = Key.from_pem(KEYS[alg].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), alg=alg)
    locked = key.to_der(private=True, password=b"password")

    assert key.to_der() == KEYS[alg].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.to_der(private=True) == KEYS[alg].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert Key.from_der(locked, alg=alg, password="password").to_der(private=True) == key.to_der(private=True)


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


@pytest.mark.parametrize("alg", [alg for alg in KEYS if alg != "RS256"])
def test_the_kind_of_key_settles_the_algorithm(alg: str) -> None:
    assert Key.from_pem(public_pem(alg)).alg == alg


def test_an_rsa_key_needs_its_algorithm_named() -> None:
    assert refusal_of(public_pem("RS256")) == "algorithm_required"


@pytest.mark.parametrize(
    ("kind", "alg"), [("RS256", "HS256"), ("ES256", "HS256"), ("ES256", "ES384"), ("Ed25519", "RS256")]
)
def test_the_algorithm_fits_the_key(kind: str, alg: str) -> None:
    """A05: RFC 8725 §2.1: a public key read from a file is never an HMAC secret."""
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


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_needs_its_password(form: PrivateFormat) -> None:
    locked = RSA.private_bytes(Encoding.PEM, form, LOCKED)

    assert Key.from_pem(locked, alg="RS256", password="password").is_private
    assert Key.from_pem(locked, alg="RS256", password=b"password").is_private
    assert refusal_of(locked, alg="RS256") == "password"
    assert refusal_of(locked, alg="RS256", password="") == "password"
    assert refusal_of(locked, alg="RS256", password="Password") == "malformed_key"


def test_an_encrypted_openssh_key_needs_its_password_and_a_package() -> None:
    """The package bcrypt is no dependency of ours; without it the log says what is missing."""
    locked = (Path(__file__).parent.parent / "vectors/jwk/openssh-encrypted.txt").read_text()

    assert refusal_of(locked) == "password"
    if find_spec("bcrypt") is not None:
        assert Key.from_pem(locked, password="password").alg == "ES256"
        assert refusal_of(locked, password="Password") == "malformed_key"
        return
    with pytest.raises(KeyMaterialError) as refusal:
        Key.from_pem(locked, password="password")

    assert refusal.value.code == "unsupported_key"
    assert "bcrypt" in refusal.value.detail


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


def test_a_public_half_is_written_from_either_half() -> None:
    private = Key.generate("ES256")

    assert private.to_pem() == private.public().to_pem()
    assert private.to_der() == private.public().to_der()
    for write in WRITERS:
        with pytest.raises(KeyMaterialError) as refusal:
            write(private.public(), private=True)

        assert refusal.value.code == "not_private"


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("write", WRITERS)
def test_a_secret_has_neither_form(write: Callable[..., object], private: bool) -> None:
    with pytest.raises(KeyMaterialError) as refusal:
        write(Key.generate("HS256"), private=private)

    assert refusal.value.code == "symmetric_key"


@pytest.mark.parametrize("write", WRITERS)
def test_a_password_belongs_to_a_private_key(write: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="password"):
        write(Key.generate("ES256"), password="password")
    with pytest.raises(ValueError, match=r"[Pp]assword"):
        write(Key.generate("ES256"), private=True, password="")
