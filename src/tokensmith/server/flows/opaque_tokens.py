"""Access tokens that only this server can read: whoever holds one has to ask about it (RFC 7662).

Such a token is the signed one, encrypted, so there is no row for it either; whatever ends its grant ends it. The keys
are derived from the rotation keys, so they are the same in every process and change with the sealing key.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from tokensmith.jose import JoseError, Key, jwe
from tokensmith.server.domain.errors import SealError
from tokensmith.server.domain.rotation_keys import RotationKeyRing, RotationKeys

PREFIX: Final = "tsa_"
# Random 96-bit nonces under one key are good for 2^32 tokens (NIST SP 800-38D §8.3); this one has no such bound.
ENCRYPTION: Final = "A256CBC-HS512"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueTokens:
    """Wraps and opens them: ``tsa_``, the id of the key, a full stop, and a compact JWE."""

    rotation_keys: RotationKeyRing

    async def wrap(self, token: str) -> str:
        """Return *token* as nobody else can read it.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        keys = await self.rotation_keys.holding(())
        key_id = keys.current_key_id
        return f"{PREFIX}{key_id}.{jwe.encrypt(token.encode(), _key(keys, key_id), enc=ENCRYPTION)}"

    async def open(self, text: str) -> str | None:
        """Return the token inside; None where there is none of ours.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        key_id, _, wrapped = text.removeprefix(PREFIX).partition(".")
        try:
            key = _key(await self.rotation_keys.holding((key_id,)), key_id)
            return jwe.decrypt(wrapped, key, encs=(ENCRYPTION,)).plaintext.decode()
        except (JoseError, SealError):
            return None


def _key(keys: RotationKeys, key_id: str) -> Key:
    secret = hmac.digest(keys.rotation_key(key_id), b"opaque access tokens", hashlib.sha512)
    return Key.from_secret(secret, alg=ENCRYPTION, kid=key_id)
