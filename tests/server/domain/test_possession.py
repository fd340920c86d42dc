"""What a token is bound to, under one name."""

import ssl

import pytest

from tests.guard.sender.test_certificates import PEM, THUMBPRINT
from tokensmith.server.domain.possession import confirmation, is_certificate, name_certificate, token_type

JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_a_certificate_is_confirmed_by_its_digest() -> None:
    """RFC 8705 §3.1, and the example of its Appendix A."""
    name = name_certificate(ssl.PEM_cert_to_DER_cert(PEM))

    assert is_certificate(name)
    assert confirmation(name) == {"x5t#S256": THUMBPRINT}


def test_a_key_is_named_by_its_thumbprint_as_it_always_was() -> None:
    """RFC 9449 §6.1: names in the database from before certificates are those of keys."""
    assert not is_certificate(JKT)
    assert confirmation(JKT) == {"jkt": JKT}


@pytest.mark.parametrize(
    ("claims", "scheme"),
    [
        ({}, "Bearer"),
        ({"cnf": {"x5t#S256": THUMBPRINT}}, "Bearer"),
        ({"cnf": {"jkt": JKT}}, "DPoP"),
    ],
)
def test_a_token_bound_to_a_certificate_is_sent_as_any_other(claims: dict[str, object], scheme: str) -> None:
    """RFC 8705 §3: with Bearer (RFC 6750), over its connection."""
    assert token_type(claims) == scheme
