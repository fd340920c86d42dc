"""Reads an access token of our own making, for endpoints that are asked about one (RFC 7009 §2.1, RFC 7662 §2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.jose import JoseError, jwt
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.token_claims import status_list_uri
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.mint import ACCESS_TOKEN_TYPE
from tokensmith.server.flows.opaque_tokens import PREFIX, OpaqueTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccessToken:
    """A genuine, unexpired access token of this server; whether it was revoked, its *place* tells."""

    claims: Mapping[str, JsonValue]
    client_id: str
    audience: str
    place: StatusPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccessTokens:
    """The reader. Anything that is not ours, or not good any more, reads as None: who asks is told no more."""

    issuer: str
    ring: KeyRing
    opaque: OpaqueTokens

    async def read(self, text: str) -> OwnAccessToken | None:
        """Return what an access token says; None for everything else.

        Raises:
            UnavailableError: the keys cannot be read.
        """
        token = await self.opaque.open(text) if text.startswith(PREFIX) else text
        if token is None:
            return None
        keys, clock = await self.ring.public_keys()
        try:
            claims = jwt.verify(
                token, keys, issuer=self.issuer, audience=jwt.ANY, typ=ACCESS_TOKEN_TYPE, clock=clock
            ).claims
        except JoseError:
            return None
        client_id, audience = claims.get("client_id"), claims.get("aud")
        place = self._place(claims)
        if not isinstance(client_id, str) or not isinstance(audience, str) or place is None:
            return None
        return OwnAccessToken(claims=claims, client_id=client_id, audience=audience, place=place)

    def _place(self, claims: Mapping[str, JsonValue]) -> StatusPlace | None:
        status = claims.get("status")
        entry = status.get("status_list") if isinstance(status, Mapping) else None
        if not isinstance(entry, Mapping):
            return None
        index, uri = entry.get("idx"), entry.get("uri")
        list_name = uri.rpartition("/")[2] if isinstance(uri, str) else ""
        if not isinstance(index, int) or not list_name.isdecimal() or not list_name.isascii():
            return None
        place = StatusPlace(list_id=int(list_name), index=index)
        return place if uri == status_list_uri(self.issuer, place.list_id) else None
