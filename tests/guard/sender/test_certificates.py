"""Whose word a client certificate is, and whether it is the token's."""

import base64
import ssl
from typing import Any, Final
from urllib.parse import quote

import pytest

from tokensmith.guard import ClientCertificates, GuardError, InvalidTokenError, MalformedRequestError, RequestFacts

PROXY = "10.1.2.3"
# RFC 8705 Appendix A, Figures 5 and 6.
THUMBPRINT: Final = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
PEM: Final = """-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
"""
CERTIFICATE = ssl.PEM_cert_to_DER_cert(PEM)
IN_HEADER = f":{base64.b64encode(CERTIFICATE).decode()}:"


def facts(
    *values: str, header: str = "Client-Cert", peer: str | None = PROXY, der: bytes | None = None
) -> RequestFacts:
    headers = [(header.lower().encode(), value.encode()) for value in values]
    return RequestFacts(method="GET", url="https://api.test/notes", headers=headers, peer=peer, certificate=der)


def refusal(certificates: ClientCertificates, request: RequestFacts) -> GuardError:
    with pytest.raises(GuardError) as caught:
        certificates.check(request, thumbprint=THUMBPRINT)
    return caught.value


def test_the_certificate_of_the_connection_is_the_tokens() -> None:
    """J74; RFC 8705 §3, and its example."""
    ClientCertificates().check(facts(der=CERTIFICATE), thumbprint=THUMBPRINT)
    other = refusal(ClientCertificates(), facts(der=CERTIFICATE[:-1] + b"x"))

    assert (type(other), other.code) == (InvalidTokenError, "certificate_mismatch")


def test_a_connection_without_one_is_refused() -> None:
    """J74."""
    assert refusal(ClientCertificates(), facts()).code == "certificate_missing"


@pytest.mark.parametrize("thumbprint", ["", "é", THUMBPRINT[:-1], THUMBPRINT + "=", THUMBPRINT.swapcase()])
def test_another_text_is_another_certificate(thumbprint: str) -> None:
    with pytest.raises(InvalidTokenError):
        ClientCertificates().check(facts(der=CERTIFICATE), thumbprint=thumbprint)


@pytest.mark.parametrize("value", [IN_HEADER, quote(PEM), quote(PEM.strip())])
def test_a_trusted_proxy_says_it_in_a_header(value: str) -> None:
    """RFC 9440 §2.1; and as nginx writes it."""
    assert ClientCertificates.from_proxy([PROXY]).find(facts(value)) == CERTIFICATE


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.2.3", True),
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("::ffff:10.1.2.3", True),
        ("::ffff:11.1.2.3", False),
        ("fd00::1", True),
        ("fd01::1", False),
        ("127.0.0.1", False),
        ("", False),
        ("proxy", False),
        (None, False),
    ],
)
def test_from_anybody_else_the_header_is_not_looked_at(peer: str | None, trusted: bool) -> None:
    """P98; RFC 9700 §4.13: a client that reaches the service directly can send it as well."""
    certificates = ClientCertificates.from_proxy({"10.0.0.0/8", "fd00::/16"})
    found = certificates.find(facts(IN_HEADER, peer=peer))

    assert found == (CERTIFICATE if trusted else None)


def test_behind_a_proxy_its_own_certificate_is_not_the_clients() -> None:
    """The proxy's connection to us may have one, too."""
    assert ClientCertificates.from_proxy([PROXY]).find(facts(der=CERTIFICATE)) is None


def test_without_a_proxy_no_header_counts() -> None:
    """P98."""
    assert ClientCertificates().find(facts(IN_HEADER, header="client-cert")) is None


def test_the_header_may_have_another_name() -> None:
    certificates = ClientCertificates.from_proxy([PROXY], header="X-SSL-Client-Cert")

    assert certificates.find(facts(quote(PEM), header="X-SSL-Client-Cert")) == CERTIFICATE
    assert certificates.find(facts(IN_HEADER)) is None


@pytest.mark.parametrize(
    "values",
    [
        [IN_HEADER, IN_HEADER],
        [f"{IN_HEADER}, {IN_HEADER}"],
        [""],
        ["::x"],
        [":é:"],
        [":" + "A" + ":"],
        ["-----BEGIN CERTIFICATE-----"],
        ["(null)"],
    ],
)
def test_a_header_that_cannot_be_read_is_refused(values: list[str]) -> None:
    """Two of them were perhaps written by two: the client, and the proxy behind it."""
    refused = refusal(ClientCertificates.from_proxy([PROXY]), facts(*values))

    assert (type(refused), refused.code) == (MalformedRequestError, "client_certificate_header")


@pytest.mark.parametrize(("trusted", "error"), [("10.0.0.0/8", TypeError), ([], ValueError), (["proxy"], ValueError)])
def test_the_proxies_are_named(trusted: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ClientCertificates.from_proxy(trusted)
