"""The client certificate of a request's connection; what is read how, is in guard/sender/test_certificates.py."""

import base64

import pytest

from tests.server.web.requests import make_scope
from tokensmith.guard.sender import ClientCertificates
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.connection_certificates import ConnectionCertificates

BEHIND_PROXY = ConnectionCertificates(ClientCertificates.from_proxy(["10.0.0.0/8"]))
SENT = {"client-cert": f":{base64.b64encode(b'a certificate').decode()}:"}


def test_a_trusted_proxy_says_what_it_is() -> None:
    """RFC 8705 §6.5."""
    assert BEHIND_PROXY.of(make_scope(SENT, peer="10.1.2.3")) == b"a certificate"
    assert BEHIND_PROXY.of(make_scope(peer="10.1.2.3")) is None


@pytest.mark.parametrize("peer", ["192.0.2.1", "11.0.0.0", None])
def test_nobody_else_can_say_it(peer: str | None) -> None:
    """P98, RFC 9700 §4.13."""
    assert BEHIND_PROXY.of(make_scope(SENT, peer=peer)) is None


def test_where_no_proxy_was_named_nobody_can() -> None:
    assert ConnectionCertificates(None).of(make_scope(SENT, peer="10.1.2.3")) is None


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        BEHIND_PROXY.of(make_scope({"client-cert": "(null)"}, peer="10.1.2.3"))

    assert caught.value.code == "client_certificate_header"
