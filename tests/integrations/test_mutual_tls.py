"""Tokens bound to a client certificate, with real certificates over a real connection (RFC 8705)."""

import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.integrations.aiohttp_client import listening
from tests.integrations.test_aiohttp import application
from tokensmith.guard import ClientCertificates, Guard, SenderConstraint
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.asgi import facts_from_scope
from tokensmith.integrations.wsgi import facts_from_environ
from tokensmith.jose import base64url


@dataclass(frozen=True)
class Client:
    """Whoever has this certificate."""

    authority: trustme.CA
    certificate: trustme.LeafCert

    @classmethod
    def make(cls, authority: trustme.CA) -> "Client":
        return cls(authority, authority.issue_cert("client.test"))

    @property
    def thumbprint(self) -> str:
        return base64url.encode(x509.load_pem_x509_certificate(self.pem.encode()).fingerprint(SHA256()))

    @property
    def pem(self) -> str:
        return self.certificate.cert_chain_pems[0].bytes().decode()

    def get(self, port: int, token: str, *, with_certificate: bool = True) -> tuple[int, Any]:
        tls = ssl.create_default_context()
        self.authority.configure_trust(tls)
        if with_certificate:
            self.certificate.configure_cert(tls)
        connection = http.client.HTTPSConnection("localhost", port, context=tls, timeout=10)
        connection.request("GET", "/notes", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture(scope="module")
def port(authority: trustme.CA, issuer: FakeIssuer) -> Iterator[int]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.verify_mode = ssl.CERT_OPTIONAL
    authority.issue_cert("localhost").configure_cert(tls)
    authority.configure_trust(tls)
    sender = SenderConstraint(certificates=ClientCertificates())
    with listening(application(Guard(issuer.issuer(), fetcher=issuer, sender=sender)), tls=tls) as opened:
        yield opened


def bound(issuer: FakeIssuer, client: Client) -> str:
    return issuer.token(sub="ada", scope="notes:read", cnf={"x5t#S256": client.thumbprint})


def test_the_token_is_good_over_its_owners_connections(port: int, authority: trustme.CA, issuer: FakeIssuer) -> None:
    """J74; RFC 8705 §3."""
    ada, thief = Client.make(authority), Client.make(authority)
    token = bound(issuer, ada)

    assert ada.get(port, token) == (200, {"subject": "ada"})
    assert thief.get(port, token)[1]["error_description"] == "The access token is bound to another certificate."
    assert thief.get(port, token, with_certificate=False)[0] == 401


def test_bearer_tokens_need_no_certificate(port: int, authority: trustme.CA, issuer: FakeIssuer) -> None:
    client, token = Client.make(authority), issuer.token(sub="bob", scope="notes:read")

    assert client.get(port, token) == (200, {"subject": "bob"})
    assert client.get(port, token, with_certificate=False) == (200, {"subject": "bob"})


def test_asgi_and_wsgi_servers_hand_it_over(authority: trustme.CA) -> None:
    """ASGI's "tls" extension; mod_wsgi's environ."""
    pem = Client.make(authority).pem
    der = ssl.PEM_cert_to_DER_cert(pem)
    scope = {"type": "http", "path": "/", "query_string": b"", "headers": [], "client": ("10.0.0.9", 5)}
    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "HTTP_HOST": "a", "REMOTE_ADDR": "10.0.0.9"}
    with_tls = scope | {"extensions": {"tls": {"client_cert_chain": iter([pem, "the authority's"])}}}
    without = scope | {"extensions": {"tls": {"client_cert_chain": []}}, "client": None}

    received = facts_from_scope(with_tls)
    assert (received.certificate, received.peer) == (der, "10.0.0.9")
    assert (facts_from_scope(without).certificate, facts_from_scope(without).peer) == (None, None)
    assert facts_from_environ(environ | {"SSL_CLIENT_CERT": pem}).certificate == der
    assert facts_from_environ(environ | {"SSL_CLIENT_CERT": ""}).certificate is None
    assert (facts_from_environ(environ).peer, facts_from_environ(environ | {"REMOTE_ADDR": ""}).peer) == (
        "10.0.0.9",
        None,
    )


def test_no_header_becomes_the_servers_own_word(authority: trustme.CA) -> None:
    """P98: whatever a client sends, the servers' names for it are not headers."""
    pem = Client.make(authority).pem.replace("\n", "")
    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "HTTP_HOST": "a", "HTTP_SSL_CLIENT_CERT": pem}

    assert facts_from_environ(environ).certificate is None
