"""Certificates of clients: from an authority that the server is told of, and written by whoever likes."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.jose.jwk.certificates import CLIENT, ROOT, ROOT_KEY, der, issue, pem, purposes, under, usage
from tokensmith.jose.jwk import TrustAnchors
from tokensmith.server.domain.certificate_names import NameKind, parse_certificate_name

# The world's clock begins here.
NOW = 1_800_000_000
DAYS = 730
AUTHORITIES_PEM = pem(ROOT)
AUTHORITIES = TrustAnchors.from_pem(AUTHORITIES_PEM, purpose=CLIENT, name=None)
ROBOT = parse_certificate_name(NameKind.SUBJECT_DN, "CN=robot")


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certified(subject: str | x509.Name = "robot", *extensions: x509.ExtensionType, **options: Any) -> bytes:
    """Have the authority certify somebody as a client; in DER."""
    given = {"days": DAYS, "issuer": "root", "signer": ROOT_KEY, **options}
    purpose = given.pop("purpose", CLIENT)
    made = [*([purposes(purpose)] if purpose else []), *extensions]
    return der(issue(subject, given.pop("key", None) or key(), under(ROOT_KEY), *made, **given))


def self_made(subject: str = "robot", *, own: Any = None, days: int = DAYS) -> bytes:
    """Write a certificate for oneself, with everything in it that an authority would have written; in DER."""
    own = own or key()
    return der(
        issue(
            subject,
            own,
            under(own),
            purposes(CLIENT),
            usage(digital_signature=True),
            issuer=subject,
            signer=own,
            days=days,
        )
    )
