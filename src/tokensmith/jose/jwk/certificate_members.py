"""Certificates beside a key: the JWK members x5c, x5t and x5t#S256 (RFC 7517 §4.7–§4.9).

They are held against the key and against each other and prove nothing more: nobody signs a JWK, so who issued the
certificate is not asked here but by `TrustAnchors`. "x5u" is never followed.
"""

import binascii
import hashlib
from typing import Final

from cryptography.x509 import Certificate, load_der_x509_certificate

from tokensmith.jose.jwa.descriptor import KeyObject
from tokensmith.jose.jwk.export import public_half
from tokensmith.jose.jwk.members import Jwk, malformed, read_octets

_MAX_CERTIFICATES: Final = 10
_MAX_CHARACTERS: Final = 65_536


def check_certificates(jwk: Jwk, key: KeyObject) -> None:
    """Refuse a JWK whose first certificate is for another key, or is not the one its thumbprints name.

    Thumbprints without "x5c" name a certificate that is not here, so there is nothing to hold them against.

    Raises:
        KeyMaterialError: "x5c" is malformed or for another key, or a thumbprint is not its digest ("malformed_key").
    """
    if "x5c" not in jwk:
        return
    octets = read_chain(jwk["x5c"])[0]
    # RFC 7517 §4.7: the key in the first certificate "MUST match the public key represented by other members".
    if isinstance(key, bytes) or _key_in(load_certificate(octets)) != public_half(key):
        raise malformed('The first certificate of "x5c" is for another key.')
    if "x5t#S256" in jwk and read_octets(jwk, "x5t#S256") != hashlib.sha256(octets).digest():
        raise malformed('The JWK member "x5t#S256" is not the digest of the certificate.')
    digest = hashlib.sha1(octets, usedforsecurity=False).digest()
    # A large provider's older keys have the digest in hexadecimal inside the base64url.
    if "x5t" in jwk and read_octets(jwk, "x5t") not in (digest, digest.hex().upper().encode("ascii")):
        raise malformed('The JWK member "x5t" is not the digest of the certificate.')


def read_chain(x5c: object) -> list[bytes]:
    """Read the value of "x5c": 1 to 10 certificates in DER, each in base64 with padding, not base64url.

    Raises:
        KeyMaterialError: It is not such an array ("malformed_key").
    """
    if not isinstance(x5c, list | tuple) or not 0 < len(x5c) <= _MAX_CERTIFICATES:
        raise malformed(f'"x5c" is not an array of 1 to {_MAX_CERTIFICATES} certificates.')
    return [_decode(each) for each in x5c]


def load_certificate(der: bytes) -> Certificate:
    """Parse one certificate.

    Raises:
        KeyMaterialError: The octets are none ("malformed_key").
    """
    try:
        return load_der_x509_certificate(der)
    # The parser raises more kinds than it documents; whichever it is, this is no certificate.
    except Exception:  # noqa: BLE001
        raise malformed('A certificate of "x5c" cannot be read.') from None


def _decode(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        raise malformed('"x5c" holds something else than certificates.')
    try:
        octets = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise malformed('A certificate of "x5c" is not base64.') from None
    # The strict mode still forgives spare bits in the last character: one spelling, as everywhere.
    if binascii.b2a_base64(octets, newline=False).decode("ascii") != text:
        raise malformed('A certificate of "x5c" is not base64.')
    return octets


def _key_in(certificate: Certificate) -> object:
    try:
        return certificate.public_key()
    except Exception:  # noqa: BLE001  a kind of key the primitive does not know, or a broken one
        raise malformed('The first certificate of "x5c" is for another key.') from None
