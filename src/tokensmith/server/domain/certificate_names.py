"""The one name by which a certificate is a client's (RFC 8705 §2.1.2).

A name is worth as much as the authority that certified it; who that was is asked in `flows/check_certificate.py`.
"""

from enum import StrEnum
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography.x509 import (
    Certificate,
    DNSName,
    IPAddress,
    Name,
    RFC822Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
)
from cryptography.x509.oid import NameOID

from tokensmith.server.domain.errors import InvalidRequestError

MAX_CHARACTERS: Final = 1024
# RFC 4514 §3 has nine short names and leaves the others to OIDs; these two every tool writes as they are here.
_MORE_ATTRIBUTES: Final = MappingProxyType(
    {"emailAddress": NameOID.EMAIL_ADDRESS, "serialNumber": NameOID.SERIAL_NUMBER}
)


class NameKind(StrEnum):
    """Where in a certificate the name stands; the values are those of client metadata."""

    SUBJECT_DN = "tls_client_auth_subject_dn"
    DNS = "tls_client_auth_san_dns"
    URI = "tls_client_auth_san_uri"
    IP = "tls_client_auth_san_ip"
    EMAIL = "tls_client_auth_san_email"


class CertificateName(msgspec.Struct, frozen=True):
    """A name that `parse_certificate_name` has read; *value* as it was registered."""

    kind: NameKind
    value: str

    def is_in(self, certificate: Certificate) -> bool:
        """Tell whether a certificate has exactly this name, among others or alone.

        A subject is compared attribute by attribute, an address as a number, a DNS name without regard to case, and
        everything else letter by letter; "*" stands for itself (§7.5).
        """
        try:
            return _read(self.kind, self.value) in _names(certificate, self.kind)
        # The extension of a certificate is read only now, and the parser raises more kinds than it documents.
        except Exception:  # noqa: BLE001
            return False


def parse_certificate_name(kind: NameKind, value: str) -> CertificateName:
    """Read the name that a client's certificates are to have.

    Raises:
        InvalidRequestError: it is empty, too long, or no name of its kind (`bad_certificate_name`).
    """
    try:
        wanted = _read(kind, value)
    except ValueError as error:
        raise _bad(kind, str(error)) from None
    # The empty subject is that of every certificate that has only alternative names.
    if not value or len(value) > MAX_CHARACTERS or wanted == Name([]):
        raise _bad(kind, "empty or too long")
    return CertificateName(kind, value)


def _read(kind: NameKind, value: str) -> object:
    match kind:
        case NameKind.SUBJECT_DN:
            return Name.from_rfc4514_string(value, _MORE_ATTRIBUTES)
        case NameKind.IP:
            return ip_address(value)
        case NameKind.DNS:
            return value.lower()
        case NameKind.URI | NameKind.EMAIL:
            return value


def _names(certificate: Certificate, kind: NameKind) -> list[object]:
    if kind is NameKind.SUBJECT_DN:
        return [certificate.subject]
    names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    match kind:
        case NameKind.DNS:
            return [name.lower() for name in names.get_values_for_type(DNSName)]
        case NameKind.URI:
            return list(names.get_values_for_type(UniformResourceIdentifier))
        case NameKind.IP:
            return list(names.get_values_for_type(IPAddress))
        case NameKind.EMAIL:
            return list(names.get_values_for_type(RFC822Name))


def _bad(kind: NameKind, detail: str) -> InvalidRequestError:
    return InvalidRequestError(f"{kind} is no such name.", code="bad_certificate_name", detail=detail)
