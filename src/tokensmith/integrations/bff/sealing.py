"""What the browser keeps for us, sealed: encrypted and bound to its purpose, so that no cookie passes for another."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from tokensmith.jose import JoseError, Key, base64url, jwe, strict_json
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.strict_json import JsonValue

LEAST_SECRET_BYTES: Final = 32
_DERIVE: Final = b"tokensmith back end for front ends: "


class Sealer:
    """Seals for one purpose.

    Args:
        secrets: 32 random bytes or more each. The first one seals; the others open what was sealed before they were
            replaced.
        purpose: What is sealed by another purpose's sealer does not open here.

    Raises:
        ValueError: There is no secret, or one is too short.
    """

    def __init__(self, secrets: Sequence[bytes], *, purpose: str) -> None:
        if not secrets or any(len(secret) < LEAST_SECRET_BYTES for secret in secrets):
            raise ValueError(f"a secret has {LEAST_SECRET_BYTES} bytes or more")
        self._keys = tuple(_derived(secret, purpose) for secret in secrets)

    def seal(self, members: Mapping[str, JsonValue]) -> str:
        """Seal a JSON object; what comes out may be a cookie's value."""
        return jwe.encrypt(strict_json.encode(members), self._keys[0])

    def open(self, sealed: str) -> FrozenObject | None:
        """Open it again; None for what was not sealed here, or has been changed."""
        for key in self._keys:
            try:
                return FrozenObject(strict_json.parse_object(jwe.decrypt(sealed, key).plaintext))
            except JoseError:
                continue
        return None


def _derived(secret: bytes, purpose: str) -> Key:
    octets = hmac.digest(secret, _DERIVE + purpose.encode(), hashlib.sha256)
    return Key.from_jwk({"kty": "oct", "k": base64url.encode(octets), "alg": "A256GCM"})
