"""The one name by which a certificate is a client's."""

from ipaddress import ip_address

import pytest
from cryptography import x509

from tests.jose.jwk.certificates import issue
from tests.server.client_certificates import key
from tokensmith.server.domain.certificate_names import MAX_CHARACTERS, NameKind, parse_certificate_name
from tokensmith.server.domain.errors import InvalidRequestError

SUBJECT = x509.Name.from_rfc4514_string("CN=Robot 7,OU=Shop\\, floor,O=Example,C=DE")
NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("robot.example"),
        x509.DNSName("*.shop.example"),
        x509.UniformResourceIdentifier("spiffe://example/robot"),
        x509.IPAddress(ip_address("2001:db8::1")),
        x509.RFC822Name("robot@example.org"),
    ]
)
CERTIFICATE = issue(SUBJECT, key(), NAMES)
BARE = issue("Robot 7", key())


def is_named(kind: NameKind, value: str, certificate: x509.Certificate = CERTIFICATE) -> bool:
    return parse_certificate_name(kind, value).is_in(certificate)


@pytest.mark.parametrize(
    "text",
    [
        "CN=Robot 7,OU=Shop\\, floor,O=Example,C=DE",
        "CN=Robot 7,OU=Shop\\2c floor,O=Example,C=DE",
        "2.5.4.3=Robot 7,OU=Shop\\, floor,2.5.4.10=Example,C=DE",
        "CN=\\52obot 7,OU=Shop\\, floor,O=Example,C=DE",
    ],
)
def test_a_subject_may_be_spelled_in_several_ways(text: str) -> None:
    """RFC 8705 §2.1, RFC 4514 §5.2: compared as names."""
    assert is_named(NameKind.SUBJECT_DN, text)


@pytest.mark.parametrize(
    "text",
    [
        "CN=Robot 7",
        "C=DE,O=Example,OU=Shop\\, floor,CN=Robot 7",
        "CN=robot 7,OU=Shop\\, floor,O=Example,C=DE",
        "CN=Robot  7,OU=Shop\\, floor,O=Example,C=DE",
        "CN=Robot 7+OU=Shop\\, floor,O=Example,C=DE",
        "CN=Robot 7,OU=Shop\\, floor,O=Example,C=DE,DC=example",
        "CN=CN\\=Robot 7\\,OU\\=Shop\\, floor\\,O\\=Example\\,C\\=DE",
    ],
)
def test_another_subject_is_another_name(text: str) -> None:
    """RFC 8705 §7.4: part of it is none of it, and the order counts."""
    assert not is_named(NameKind.SUBJECT_DN, text)


def test_tools_write_two_attributes_more() -> None:
    """OpenSSL's names for what RFC 4514 §3 has no short name for."""
    subject = x509.Name.from_rfc4514_string("2.5.4.5=42,1.2.840.113549.1.9.1=robot@example.org")

    assert is_named(NameKind.SUBJECT_DN, "serialNumber=42,emailAddress=robot@example.org", issue(subject, key()))


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        (NameKind.DNS, "robot.example", "example"),
        (NameKind.DNS, "Robot.Example", "obot.example"),
        (NameKind.DNS, "*.shop.example", "one.shop.example"),
        (NameKind.URI, "spiffe://example/robot", "spiffe://example/Robot"),
        (NameKind.IP, "2001:db8::1", "2001:db8::2"),
        (NameKind.IP, "2001:0db8:0:0:0:0:0:1", "127.0.0.1"),
        (NameKind.EMAIL, "robot@example.org", "Robot@example.org"),
    ],
)
def test_an_alternative_name_is_one_of_several(kind: NameKind, value: str, other: str) -> None:
    """RFC 8705 §2.1.2, §7.5: an address as a number (RFC 5952 §8), and no pattern matches anything but itself."""
    assert is_named(kind, value)
    assert not is_named(kind, other)
    assert not is_named(kind, value, BARE)


def test_a_kind_of_name_does_not_stand_for_another() -> None:
    """A host's name as common name was certified under other rules than one among the alternative names."""
    certificate = issue("robot.example", key(), x509.SubjectAlternativeName([x509.DNSName("other.example")]))

    assert not is_named(NameKind.DNS, "robot.example", certificate)
    assert not is_named(NameKind.URI, "robot.example")
    assert not is_named(NameKind.EMAIL, "robot.example")


def test_a_certificate_that_cannot_be_read_has_no_name() -> None:
    """The primitive reads extensions when they are asked for, and not before."""
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x05\x00")

    assert not is_named(NameKind.DNS, "robot.example", issue("robot", key(), broken))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (NameKind.SUBJECT_DN, ""),
        (NameKind.SUBJECT_DN, "robot"),
        (NameKind.SUBJECT_DN, "CN=robot,"),
        (NameKind.SUBJECT_DN, "XX=robot"),
        (NameKind.SUBJECT_DN, "C=Germany"),
        (NameKind.DNS, ""),
        (NameKind.URI, ""),
        (NameKind.EMAIL, ""),
        (NameKind.IP, ""),
        (NameKind.IP, "10.0.0.0/8"),
        (NameKind.IP, "robot.example"),
        (NameKind.DNS, "n" * (MAX_CHARACTERS + 1)),
    ],
)
def test_what_is_no_name_is_not_registered(kind: NameKind, value: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_certificate_name(kind, value)

    assert caught.value.code == "bad_certificate_name"
    assert parse_certificate_name(NameKind.DNS, "n" * MAX_CHARACTERS)
