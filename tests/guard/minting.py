"""Tokens and lists of an issuer, made by hand: what the guard reads, independent of what it is usually made with."""

import zlib
from collections.abc import Collection, Mapping
from typing import Any

from tests.guard.scripted import EPOCH
from tokensmith.guard import RequestFacts
from tokensmith.jose import Key, base64url, jws, strict_json
from tokensmith.outbound import Response

ISSUER = "https://id.test"
AUDIENCE = "https://api.test"
METADATA_URL = f"{ISSUER}/.well-known/oauth-authorization-server"
KEYS_URL = f"{ISSUER}/keys"
LIST_URL = f"{ISSUER}/status/1"
KEY = Key.generate("ES256", kid="k1")
NEXT_KEY = Key.generate("ES256", kid="k2")
STRANGER = Key.generate("ES256", kid="k1")
NOW = EPOCH + 1000


def access_token(key: Key = KEY, *, typ: str = "at+jwt", **claims: Any) -> str:
    """A good access token of 300 seconds, unless *claims* say otherwise; None leaves a claim out."""
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ada",
        "client_id": "web",
        "scope": "notes:read",
        "iat": NOW,
        "exp": NOW + 300,
        "jti": "1",
    }
    return _signed(usual | claims, key, typ=typ)


def status_claim(index: object = 7, url: object = LIST_URL) -> dict[str, Any]:
    return {"status_list": {"idx": index, "uri": url}}


def list_answer(
    revoked: Collection[int] = (), *, key: Key = KEY, etag: str = "", typ: str = "statuslist+jwt", **claims: Any
) -> Response:
    """The answer of a status list endpoint: 64 entries of one bit, those in *revoked* set."""
    bits = bytearray(8)
    for index in revoked:
        bits[index // 8] |= 1 << index % 8
    usual = {
        "sub": LIST_URL,
        "iat": NOW,
        "exp": NOW + 3600,
        "status_list": {"bits": 1, "lst": base64url.encode(zlib.compress(bytes(bits)))},
    }
    token = _signed(usual | claims, key, typ=typ)
    return Response(status=200, headers={"etag": etag} if etag else {}, body=token.encode())


def bearer(token: str) -> RequestFacts:
    return RequestFacts.from_headers({"Authorization": f"Bearer {token}"})


def _signed(claims: Mapping[str, Any], key: Key, *, typ: str) -> str:
    kept = {name: value for name, value in claims.items() if value is not None}
    return jws.sign(strict_json.encode(kept), key, header={"typ": typ})
