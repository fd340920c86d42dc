"""How an operator says which certificate proves a client."""

import ssl
from pathlib import Path

import click
import pytest

from tests.server.client_certificates import self_made
from tokensmith.cli.client_certificates import CERTIFICATE_NAME, OWN_CERTIFICATE
from tokensmith.server.domain.certificate_names import CertificateName, NameKind
from tokensmith.server.domain.client_keys import names_certificate


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("dn:CN=robot,O=Example", NameKind.SUBJECT_DN, "CN=robot,O=Example"),
        ("dns:robot.example", NameKind.DNS, "robot.example"),
        ("uri:spiffe://example/robot", NameKind.URI, "spiffe://example/robot"),
        ("ip:2001:db8::1", NameKind.IP, "2001:db8::1"),
        ("email:robot@example.org", NameKind.EMAIL, "robot@example.org"),
    ],
)
def test_a_name_stands_behind_its_kind(text: str, kind: NameKind, value: str) -> None:
    name = CertificateName(kind, value)

    assert CERTIFICATE_NAME.convert(text, None, None) == name
    assert CERTIFICATE_NAME.convert(name, None, None) == name


@pytest.mark.parametrize("text", ["", "robot.example", "cn:robot", "dn:robot", "ip:10.0.0.0/8", "dns:"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        CERTIFICATE_NAME.convert(text, None, None)


def test_a_certificate_is_read_from_its_file(tmp_path: Path) -> None:
    certificate = self_made()
    (tmp_path / "own.pem").write_text(ssl.DER_cert_to_PEM_cert(certificate))

    assert names_certificate(OWN_CERTIFICATE.convert(tmp_path / "own.pem", None, None), certificate)


@pytest.mark.parametrize(
    "content", [None, "", "x", "ü", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
)
def test_a_file_without_a_certificate_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(click.BadParameter):
        OWN_CERTIFICATE.convert(file, None, None)
