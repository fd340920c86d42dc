"""What the tests of JWS in JSON share: keys, and objects that no signer of ours would make."""

import json
from typing import Any

import pytest

from tokensmith.jose import JoseError, Key, KeySet, base64url, jws

SECRET = Key.generate("HS256", kid="secret")
PAIR = Key.generate("ES256", kid="pair")
KEYS = KeySet([SECRET, PAIR.public()])


def code_of(token: Any, keys: Any = KEYS, **options: Any) -> str:
    """Verify an object that has to be refused, and tell with which code."""
    with pytest.raises(JoseError) as caught:
        jws.verify_json(token, keys, **options)
    return caught.value.code


def with_header(protected: dict[str, object], unprotected: dict[str, object] | None = None) -> dict[str, Any]:
    """Sign "x" under any header at all."""
    text = base64url.encode(json.dumps(protected).encode()) if protected else ""
    shown = b"x" if protected.get("b64") is False else b"eA"
    token: dict[str, Any] = {"payload": shown.decode(), "protected": text}
    if unprotected is not None:
        token["header"] = unprotected
    return {**token, "signature": base64url.encode(SECRET.sign_bytes(text.encode() + b"." + shown))}


def general(*parts: dict[str, Any]) -> dict[str, Any]:
    """Put signatures of one payload together."""
    return {
        "payload": parts[0]["payload"],
        "signatures": [{name: value for name, value in part.items() if name != "payload"} for part in parts],
    }
