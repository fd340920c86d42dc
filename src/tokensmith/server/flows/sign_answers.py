"""Answers that are signed, so that who asked can show them on (Core §5.3.2, RFC 9701).

Neither may pass for a token: the one lacks what every ID token has (`exp`, `iat`), the other has a type of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tokensmith.jose import jws
from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.clients import Client
from tokensmith.server.flows.key_ring import KeyRing

INTROSPECTION_TYPE: Final = "token-introspection+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignAnswers:
    """Signs them for the client that asked, with the algorithm it registered."""

    issuer: str
    ring: KeyRing

    async def user_info(self, client: Client, claims: Mapping[str, JsonValue], *, alg: str) -> str:
        """Sign what UserInfo tells (Core §5.3.2).

        Raises:
            UnavailableError: no key to sign with, or the database cannot be reached.
        """
        key = await self.ring.signing_key(alg)
        payload = encode({**claims, "iss": self.issuer, "aud": client.id})
        return await self.ring.sign(key, lambda: jws.sign(payload, key, header={"typ": "JWT"}))

    async def introspection(self, client: Client, members: Mapping[str, JsonValue]) -> str:
        """Sign what introspection tells (RFC 9701 §5), dated by the database's clock as tokens are.

        Raises:
            UnavailableError: no key to sign with, or the database cannot be reached.
        """
        key = await self.ring.signing_key(client.registration.introspection_alg)
        _, clock = await self.ring.public_keys()
        claims: dict[str, JsonValue] = {"iss": self.issuer, "aud": client.id, "iat": int(clock.now())}
        claims["token_introspection"] = dict(members)
        payload = encode(claims)
        return await self.ring.sign(key, lambda: jws.sign(payload, key, header={"typ": INTROSPECTION_TYPE}))
