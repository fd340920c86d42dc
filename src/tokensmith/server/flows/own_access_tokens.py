"""Reads an access token of our own making, for endpoints that are asked about one (RFC 7009 §2.1, RFC 7662 §2.1).

A resource server asks about one token many times while it is good, so the reader remembers which it has verified
(decision 37): the signature of a token that comes back is not computed again. Its time and the keys are asked anew
every time, and whether it was revoked is never remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from tokensmith.jose import JoseError, KeySet, jwt
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.token_claims import status_list_uri
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.mint import ACCESS_TOKEN_TYPE
from tokensmith.server.flows.opaque_tokens import PREFIX, OpaqueTokens

# Each takes 2.3 kB.
REMEMBERED_TOKENS: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccessToken:
    """A genuine, unexpired access token of this server; whether it was revoked, its *place* tells."""

    claims: Mapping[str, JsonValue]
    client_id: str
    audience: str
    place: StatusPlace


class _Entry(msgspec.Struct):
    idx: int
    uri: str


class _Status(msgspec.Struct):
    status_list: _Entry


class _Needed(msgspec.Struct):
    client_id: str
    aud: str
    status: _Status


class OwnAccessTokens:
    """The reader. Anything that is not ours, or not good any more, reads as None: who asks is told no more."""

    def __init__(self, *, issuer: str, ring: KeyRing, opaque: OpaqueTokens) -> None:
        self._issuer = issuer
        self._ring = ring
        self._opaque = opaque
        self._keys: KeySet | None = None
        self._verifier: jwt.Verifier | None = None

    async def read(self, text: str) -> OwnAccessToken | None:
        """Return what an access token says; None for everything else.

        Raises:
            UnavailableError: the keys cannot be read.
        """
        token = await self._opaque.open(text) if text.startswith(PREFIX) else text
        if token is None:
            return None
        keys, clock = await self._ring.public_keys()
        try:
            claims = self._verifier_with(keys, clock).verify(token).claims
            needed = msgspec.convert(claims, _Needed)
        except (JoseError, msgspec.ValidationError):
            return None
        place = self._place(needed.status.status_list)
        if place is None:
            return None
        return OwnAccessToken(claims=claims, client_id=needed.client_id, audience=needed.aud, place=place)

    def _verifier_with(self, keys: KeySet, clock: jwt.Clock) -> jwt.Verifier:
        # A key that came, or went because it was compromised, makes another set: nothing is remembered beyond that.
        if self._verifier is None or keys is not self._keys:
            self._verifier = jwt.Verifier(
                keys,
                issuer=self._issuer,
                audience=jwt.ANY,
                typ=ACCESS_TOKEN_TYPE,
                clock=clock,
                cache_size=REMEMBERED_TOKENS,
            )
            self._keys = keys
        return self._verifier

    def _place(self, entry: _Entry) -> StatusPlace | None:
        list_name = entry.uri.rpartition("/")[2]
        if not list_name.isdecimal() or not list_name.isascii():
            return None
        place = StatusPlace(list_id=int(list_name), index=entry.idx)
        return place if entry.uri == status_list_uri(self._issuer, place.list_id) else None
