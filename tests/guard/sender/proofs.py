"""DPoP proofs made by hand: what the guard reads, independent of anything it is usually made with."""

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.guard.minting import NOW
from tokensmith.guard import RequestFacts
from tokensmith.jose import Key, base64url, jws, strict_json

PUBLIC_URL = "https://api.test"
URI = f"{PUBLIC_URL}/notes"
HOLDER = Key.generate("ES256", kid="holder")
THIEF = Key.generate("ES256", kid="thief")


def access_token_hash(token: str) -> str:
    return base64url.encode(hashlib.sha256(token.encode()).digest())


def public_jwk(key: Key) -> dict[str, Any]:
    """Only what RFC 9449's own examples have: no "alg", no "kid"."""
    return {name: value for name, value in key.to_jwk().items() if name not in ("alg", "kid", "use")}


def proof(key: Key = HOLDER, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """A good proof for GET /notes, unless *claims* or *header* say otherwise; None leaves one out."""
    usual = {"jti": "proof-1", "htm": "GET", "htu": URI, "iat": NOW}
    kept = {name: value for name, value in (usual | claims).items() if value is not None}
    head = {"typ": "dpop+jwt", "jwk": public_jwk(key)} | dict(header or {})
    head = {name: value for name, value in head.items() if value is not None}
    return jws.sign(strict_json.encode(kept), key, header=head)


def with_proof(token: str, *proofs: str, scheme: str = "DPoP", method: str = "GET", url: str = URI) -> RequestFacts:
    headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", each) for each in proofs)]
    return RequestFacts.from_headers(headers, method=method, url=url)
