"""certificates: an "x5c" of any JSON or any DER, alone and beside good ones; trusted is whom we certified (C06)."""

import base64
import contextlib
import json
from collections.abc import Iterator

from tests.jose.jwk.certificates import (
    AUTHORITY,
    CLIENT,
    ROOT,
    SIGNER,
    SIGNER_KEY,
    at,
    der,
    issue,
    names,
    pem,
    purposes,
    signer,
    usage,
    x5c,
)
from tokensmith.jose import JoseError, Key
from tokensmith.jose.jwk.trust_anchors import TrustAnchors

_ANCHORS = (
    TrustAnchors.from_pem(pem(ROOT), purpose=CLIENT, name="shop.example"),
    TrustAnchors.from_pem(pem(ROOT), purpose=None, name=None),
)
_SIGNER = Key.from_der(der(SIGNER)).thumbprint()


def seeds() -> Iterator[bytes]:
    """Certificates of every kind, and chains of them."""
    full = signer(usage(digital_signature=True), purposes(CLIENT), names(dns=["shop.example"], uris=["urn:a"]))
    for certificate in (full, SIGNER, AUTHORITY, ROOT, issue("self", SIGNER_KEY, issuer="self", signer=SIGNER_KEY)):
        yield der(certificate)
    yield json.dumps(x5c(full, AUTHORITY)).encode()
    yield json.dumps(x5c(SIGNER, AUTHORITY, ROOT)).encode()


def attempt(data: bytes) -> None:
    """Verify it as the signer's, as the authority's, and as the whole array."""
    octets = base64.b64encode(data).decode()
    chains: list[object] = [[octets], [octets, *x5c(AUTHORITY)], [*x5c(SIGNER), octets]]
    with contextlib.suppress(ValueError, RecursionError):
        chains.append(json.loads(data))
    for chain in chains:
        for anchors in _ANCHORS:
            with contextlib.suppress(JoseError):
                assert anchors.verify(chain, now=at(days=1)).thumbprint() == _SIGNER, "a stranger's key is trusted"
