"""Keys of every kind, and the files they come in, for the tests of `pem`."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)

KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "ES256K": ec.generate_private_key(ec.SECP256K1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
    "ML-DSA-44": mldsa.MLDSA44PrivateKey.generate(),
    "ML-DSA-65": mldsa.MLDSA65PrivateKey.generate(),
    "ML-DSA-87": mldsa.MLDSA87PrivateKey.generate(),
}
RSA, EC = KEYS["RS256"], KEYS["ES256"]
# The primitive reads keys whose algorithm is RSASSA-PSS, but writes none, so the tests put it in its place.
PSS_IDENTIFIER = bytes.fromhex("300b06092a864886f70d01010a")
RSA_IDENTIFIER = bytes.fromhex("300d06092a864886f70d0101010500")


def certify(key: Any, *, signer: Any = EC, **options: Any) -> x509.Certificate:
    """Wrap a public key in a certificate that ran out long ago."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key).serial_number(1)
    return builder.not_valid_before(start).not_valid_after(start + timedelta(days=1)).sign(signer, SHA256(), **options)


def pss_only(der: bytes) -> bytes:
    """Rewrite an RSA key's DER so that its algorithm is RSASSA-PSS; shorter by two octets, lengths adjusted."""
    outer = int.from_bytes(der[2:4], "big") - 2
    return der[:2] + outer.to_bytes(2, "big") + der[4:].replace(RSA_IDENTIFIER, PSS_IDENTIFIER, 1)


def armour(der: bytes, label: str) -> str:
    """Put DER between the two lines of a PEM block."""
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


def public_pem(alg: str) -> bytes:
    """Write the public half of one of the keys."""
    encoded: bytes = KEYS[alg].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return encoded
