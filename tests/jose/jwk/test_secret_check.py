"""What may not be a shared secret (RFC 8725 §2.1 and §3.5, RFC 7518 §8.8).

The forms are those that got past other libraries one after the other: other PEM labels, text before the label, SSH,
DER, JWK, and the same behind base64 or hex.
"""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwk.secret_check import check_secret

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
SPKI_PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SPKI_DER = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
SSH = RSA.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
JWK = json.dumps(Key.generate("RS256").to_jwk()).encode()


def certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(EC.public_key()).serial_number(1)
    )
    return builder.not_valid_before(start).not_valid_after(start + timedelta(days=1)).sign(EC, SHA256())


PUBLIC_FORMS = {
    "SPKI PEM": SPKI_PEM,
    "PKCS#1 PEM": RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1),
    "certificate PEM": certificate().public_bytes(Encoding.PEM),
    "PEM behind white space": b" \r\n\t" + SPKI_PEM,
    "PEM behind other text": b"issuer key, do not edit\n" + SPKI_PEM,
    "PEM with a byte order mark": b"\xef\xbb\xbf" + SPKI_PEM,
    "PEM cut off": SPKI_PEM[:80],
    "PEM on one line": SPKI_PEM.replace(b"\n", b""),
    "PEM with an unknown label": SPKI_PEM.replace(b"PUBLIC KEY", b"STRANGE KEY"),
    "SSH2 armour": b"---- BEGIN SSH2 PUBLIC KEY ----\n" + SSH.split()[1] + b"\n---- END SSH2 PUBLIC KEY ----",
    "PuTTY file": b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: example\n",
    "SSH RSA": SSH,
    "SSH ECDSA": EC.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "SSH Ed25519": ED.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "SSH with options": b'no-pty,command="true" ' + SSH + b" ada@example",
    "SSH blob": base64.b64decode(SSH.split()[1]),
    "SPKI DER": SPKI_DER,
    "SPKI DER of Ed25519": ED.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "SPKI DER of a curve nobody knows": EC.public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    .replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")),
    "PKCS#1 DER": RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1),
    "certificate DER": certificate().public_bytes(Encoding.DER),
    "DER with a newline behind it": SPKI_DER + b"\n",
    "DER behind white space": b"\n" + SPKI_DER,
    "DER with octets behind it": SPKI_DER + b"more",
    "DER in base64": base64.b64encode(SPKI_DER),
    "DER in base64, in lines": base64.encodebytes(SPKI_DER),
    "DER in base64 without padding": base64.b64encode(SPKI_DER).rstrip(b"="),
    "DER in base64url": base64.urlsafe_b64encode(SPKI_DER),
    "DER in hex": SPKI_DER.hex().encode(),
    "PEM in base64": base64.b64encode(SPKI_PEM),
    "an uncompressed point": EC.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    "JWK": JWK,
    "JWK behind white space": b"\n  " + JWK,
    "JWK with escapes": b'{"k\\u0074y": "RSA", "n": "AQAB", "e": "AQAB"}',
    "JWK behind other text": b"key = " + JWK,
    "JWK with a byte order mark": b'\xef\xbb\xbf{"k\\u0074y": "RSA", "n": "AQAB", "e": "AQAB"}',
    "JWK Set": b'{"keys": [], "comment": "long enough for HMAC"}',
    "JWK in base64url": base64.urlsafe_b64encode(JWK),
}
PRIVATE_FORMS = {
    "PKCS#8 PEM": EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    "PKCS#8 DER": EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    "encrypted PKCS#8 DER": EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")),
}


@pytest.mark.parametrize("form", [*PUBLIC_FORMS, *PRIVATE_FORMS])
def test_a_key_in_any_form_is_no_secret(form: str) -> None:
    """A06: the forms that checks for "-----BEGIN" missed one after the other."""
    secret = (PUBLIC_FORMS | PRIVATE_FORMS)[form]
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(secret)

    assert refusal.value.code == "public_key_as_secret"


@pytest.mark.parametrize(
    "secret",
    [
        b"-----BEGIN something of no standard, and long enough",
        b"---- BEGIN SSH2 PUBLIC KEY ----, as RFC 4716 has it",
        b"PuTTY-User-Key-File-3: ssh-ed25519, and its lines",
        b"sk-ssh-ed25519@openssh.com " + base64.b64encode(b"\0\0\0\x1ask-ssh-ed25519@openssh.com" + bytes(36)),
        base64.b64encode(b"\0\0\0\x13ecdsa-sha2-nistp256" + bytes(36)).rstrip(b"="),
        # Without the padding, with too much of it, and in the other alphabet.
        base64.urlsafe_b64encode(b"\0\0\0\x0bssh-ed25519" + bytes([255] * 37)),
        base64.b64encode(b"\0\0\0\x0bssh-ed25519" + bytes([255] * 36)) + b"==",
    ],
)
def test_every_armour_and_every_family_is_known(secret: bytes) -> None:
    """A15: RFC 7468, RFC 4716, PuTTY; RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4 and OpenSSH's security keys."""
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(secret)

    assert refusal.value.code == "public_key_as_secret"


def test_a_key_of_a_kind_we_do_not_use_is_no_secret_either() -> None:
    """Nobody signs tokens with DSA, but its public keys are as public."""
    key = dsa.generate_private_key(2048).public_key()
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    assert refusal.value.code == "public_key_as_secret"


def test_the_refusal_does_not_show_the_key() -> None:
    """B07: neither the message nor the detail."""
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(SPKI_PEM)

    assert "BEGIN" not in f"{refusal.value} {refusal.value.detail}"


@pytest.mark.parametrize(
    "secret",
    [
        b"a-string-secret-at-least-256-bits-long",
        b"A-String-Secret-At-Least-256-Bits-Long\n",
        b"a-valid-string-secret-that-is-at-least-384-bits-long",
        b"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        b"your-super-secret-jwt-token-with-at-least-32-characters-long",
        b"super-secret-jwt-token-with-at-least-32-characters-long",
        b"this-is-a-very-long-secret-key-for-jwt-signing",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"abcdefghijklmnopqrstuvwxyz123456",
        b"ab" * 20,
        bytes(64),
        b"secret" * 8,
        b"changeme" * 4,
        b"0123456789" * 3 + b"01",
    ],
)
def test_a_secret_everybody_knows_is_refused(secret: bytes) -> None:
    """A15: RFC 8725 §3.5: keys have enough entropy; these are in every attacker's list."""
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(secret)

    assert refusal.value.code == "weak_key"


@pytest.mark.parametrize(
    "secret",
    [
        bytes(range(32)),
        b"\x30\x03\x02\x01\x05" + bytes(range(64)),
        b"\x30" + bytes(range(64)),
        b"\x30\x82\xff",
        b"\x30",
        b"\x04" + bytes(range(64)),
        b"{not JSON, but a long enough text}",
        b'{"name": "a JSON object that is no key"}',
        b'["an array, and no JWK in it anywhere"]',
        b"{" * 3000 + b"1",
        b"correct horse battery staple, and more",
        base64.b64encode(bytes(range(48))),
        bytes(range(32)).hex().encode(),
        b"ssh-rsa is how an SSH key would begin",
        "схема секрета из тридцати двух букв".encode(),
    ],
)
def test_anything_else_is_left_to_the_length_rule(secret: bytes) -> None:
    check_secret(secret)


@pytest.mark.parametrize(("octets", "passes"), [(4096, True), (4097, False)])
def test_a_secret_has_at_most_4096_octets(octets: int, passes: bool) -> None:
    secret = b"".join(number.to_bytes(4, "big") for number in range(2000))[:octets]
    if passes:
        check_secret(secret)
        return
    with pytest.raises(KeyMaterialError) as refusal:
        check_secret(secret)

    assert refusal.value.code == "oversized_key"
