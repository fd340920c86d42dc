"""gRPC over TLS: a client's tokens, and its certificate."""

import grpc
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.integrations.bound_tokens import binding_guard
from tests.integrations.grpc_services import call, serving
from tokensmith.guard import ClientCertificates
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.grpc import GuardInterceptor, bearer
from tokensmith.jose import base64url


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


def test_a_client_sends_the_token_of_the_moment(issuer: FakeIssuer) -> None:
    """And over an encrypted channel alone: gRPC sees to that."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    own = [(certificate.private_key_pem.bytes(), certificate.cert_chain_pems[0].bytes())]
    tokens = iter([issuer.token(sub="ada"), issuer.token(sub="bob")])

    def next_token() -> str:
        return next(tokens)

    trusted = grpc.ssl_channel_credentials(authority.cert_pem.bytes())
    credentials = grpc.composite_channel_credentials(trusted, bearer(next_token))
    interceptor = GuardInterceptor(issuer.guard())
    with (
        serving(interceptor, credentials=grpc.ssl_server_credentials(own)) as where,
        grpc.secure_channel(where, credentials) as channel,
    ):
        assert call(channel, "UnaryUnary").messages == (b"ada",)
        assert call(channel, "UnaryUnary").messages == (b"bob",)
        # No token left: the call fails at the client, and the program goes on.
        assert call(channel, "UnaryUnary").code is grpc.StatusCode.UNAVAILABLE


def test_a_client_certificate_is_handed_over(issuer: FakeIssuer) -> None:
    """J74, RFC 8705."""
    authority = trustme.CA()
    server, client = authority.issue_cert("localhost"), authority.issue_cert("client.test")
    pem = client.cert_chain_pems[0].bytes()
    thumbprint = base64url.encode(x509.load_pem_x509_certificate(pem).fingerprint(SHA256()))
    own = [(server.private_key_pem.bytes(), server.cert_chain_pems[0].bytes())]
    required = grpc.ssl_server_credentials(own, authority.cert_pem.bytes(), require_client_auth=True)
    shown = grpc.ssl_channel_credentials(authority.cert_pem.bytes(), client.private_key_pem.bytes(), pem)
    guard = binding_guard(issuer, certificates=ClientCertificates())
    with (
        serving(GuardInterceptor(guard), credentials=required) as where,
        grpc.secure_channel(where, shown) as channel,
    ):
        bound = issuer.token(sub="ada", cnf={"x5t#S256": thumbprint})
        stolen = issuer.token(sub="ada", cnf={"x5t#S256": thumbprint[::-1]})
        assert call(channel, "UnaryUnary", [("authorization", f"Bearer {bound}")]).messages == (b"ada",)
        assert (
            call(channel, "UnaryUnary", [("authorization", f"Bearer {stolen}")]).code is grpc.StatusCode.UNAUTHENTICATED
        )
