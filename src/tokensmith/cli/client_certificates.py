"""How an operator says which certificate proves a client: a name that an authority certifies, or the certificate."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from tokensmith.jose import JoseError
from tokensmith.server.domain.certificate_names import CertificateName, NameKind, parse_certificate_name
from tokensmith.server.domain.client_keys import jwks_of
from tokensmith.server.domain.errors import InvalidRequestError

_KINDS: Final[Mapping[str, NameKind]] = MappingProxyType(
    {
        "dn": NameKind.SUBJECT_DN,
        "dns": NameKind.DNS,
        "uri": NameKind.URI,
        "ip": NameKind.IP,
        "email": NameKind.EMAIL,
    }
)


class _CertificateNameType(click.ParamType[CertificateName]):
    """A name, behind its kind and a colon."""

    name = "certificate name"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> CertificateName:
        """Read a name; anything else is a `BadParameter`."""
        if isinstance(value, CertificateName):
            return value
        kind, _, name = str(value).partition(":")
        if kind not in _KINDS:
            self.fail(f"write {', '.join(_KINDS)}, a colon and the name.", param, ctx)
        try:
            return parse_certificate_name(_KINDS[kind], name)
        except InvalidRequestError as error:
            self.fail(f"{name!r} is no such name: {error.detail}", param, ctx)


class _OwnCertificateType(click.ParamType[str]):
    """A file with one certificate in PEM; read as the JWK Set that registers it (RFC 8705 §2.2.2)."""

    name = "certificate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the file; anything else than a certificate is a `BadParameter`."""
        try:
            return jwks_of(ssl.PEM_cert_to_DER_cert(Path(str(value)).read_text("ascii")))
        except (OSError, ValueError, JoseError) as error:
            self.fail(f"{str(value)!r} holds no certificate in PEM that can be used: {error}", param, ctx)


CERTIFICATE_NAME: Final = _CertificateNameType()
OWN_CERTIFICATE: Final = _OwnCertificateType()
