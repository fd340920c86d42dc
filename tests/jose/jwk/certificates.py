"""A small certificate authority: a root, an authority under it, and signers, for the tests of x5c."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

START = datetime(2026, 1, 1, tzinfo=UTC)
CLIENT = "1.3.6.1.5.5.7.3.2"
SERVER = "1.3.6.1.5.5.7.3.1"
ANY = "2.5.29.37.0"


def at(*, days: float) -> int:
    """Seconds since 1970, so many days into the life of the certificates here."""
    return int((START + timedelta(days=days)).timestamp())


def issue(
    subject: str | x509.Name,
    key: Any,
    *extensions: x509.ExtensionType,
    issuer: str = "authority",
    signer: Any = None,
    days: int = 365,
    serial: int | None = None,
) -> x509.Certificate:
    """Certify the public half of a key; what is critical in practice is critical here."""

    def name(text: str | x509.Name) -> x509.Name:
        return text if isinstance(text, x509.Name) else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(serial or x509.random_serial_number())
    builder = builder.not_valid_before(START).not_valid_after(START + timedelta(days=days))
    for extension in extensions:
        critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage | x509.UnrecognizedExtension)
        builder = builder.add_extension(extension, critical=critical)
    signing = AUTHORITY_KEY if signer is None else signer
    return builder.sign(signing, None if isinstance(signing, Ed25519PrivateKey) else SHA256())


def usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    """Say what a key is for."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=not (digital_signature or key_cert_sign),
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def purposes(*identifiers: str) -> x509.ExtendedKeyUsage:
    """Say what a certificate is for."""
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in identifiers])


def names(*, dns: Sequence[str] = (), uris: Sequence[str] = ()) -> x509.SubjectAlternativeName:
    """Say whose certificate it is."""
    return x509.SubjectAlternativeName(
        [*map(x509.DNSName, dns), *map(x509.UniformResourceIdentifier, uris)],
    )


def authority_extensions(key: Any, *, path_length: int | None = None) -> list[x509.ExtensionType]:
    """Say that a certificate is an authority's."""
    return [
        x509.BasicConstraints(ca=True, path_length=path_length),
        usage(key_cert_sign=True),
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
    ]


def under(key: Any) -> x509.AuthorityKeyIdentifier:
    """Say which key a certificate was signed with."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def pem(*certificates: x509.Certificate) -> str:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates).decode()


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def x5c(*certificates: x509.Certificate) -> list[str]:
    """Spell a chain as RFC 7517 §4.7 does."""
    return [base64.b64encode(der(each)).decode() for each in certificates]


ROOT_KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY_KEY = ec.generate_private_key(ec.SECP256R1())
SIGNER_KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = issue("root", ROOT_KEY, *authority_extensions(ROOT_KEY), issuer="root", signer=ROOT_KEY, days=3650)
AUTHORITY = issue(
    "authority", AUTHORITY_KEY, *authority_extensions(AUTHORITY_KEY), under(ROOT_KEY), issuer="root", signer=ROOT_KEY
)
SIGNER = issue("signer", SIGNER_KEY, under(AUTHORITY_KEY))


def signer(*extensions: x509.ExtensionType, **options: Any) -> x509.Certificate:
    """Certify the signer's key once more, under the authority unless told otherwise."""
    return issue("signer", SIGNER_KEY, under(AUTHORITY_KEY), *extensions, **options)


def authority(*extensions: x509.ExtensionType) -> x509.Certificate:
    """Certify the authority's key once more, as something else."""
    return issue("authority", AUTHORITY_KEY, *extensions, under(ROOT_KEY), issuer="root", signer=ROOT_KEY)
