"""Signs access tokens; the only signer of tokens for people and clients (RFC 9068)."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tokensmith.jose import jwt
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.token_claims import access_token_claims
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.tokens import TokenAnswer

ACCESS_TOKEN_TYPE: Final = "at+jwt"
MAX_SIGNERS: Final = 256

_SignerKey = tuple[str | None, str, int]


@dataclass(frozen=True, slots=True)
class Mint:
    """Makes token answers. Signers are kept, bounded: one per key, audience and lifetime."""

    issuer: str
    ring: KeyRing
    _signers: dict[_SignerKey, jwt.Signer] = field(default_factory=dict, repr=False)

    async def answer(
        self,
        standing: Standing,
        audience: GrantedAudience,
        *,
        scopes: frozenset[str],
        place: StatusPlace,
        refresh_token: str | None,
        key_thumbprint: str | None,
    ) -> TokenAnswer:
        """Sign an access token for one audience of a grant and put it into an answer.

        Times are the database's (`standing.now_ms`): a process whose own clock is off still issues tokens that every
        other process agrees with. With *key_thumbprint* the access token is bound to that key.

        Raises:
            UnavailableError: no key to sign with, or the database cannot be reached.
        """
        lifetime = standing.client.lifetimes.access
        signer = await self._signer(standing.client.signing_alg, audience=audience.resource.audience, lifetime=lifetime)
        claims = access_token_claims(
            standing, scopes=scopes, place=place, issuer=self.issuer, key_thumbprint=key_thumbprint
        )
        issued_at = to_seconds(standing.now_ms)
        token = signer.sign({**claims, "iat": issued_at, "exp": issued_at + lifetime})
        return TokenAnswer(
            access_token=token,
            token_type="Bearer" if key_thumbprint is None else "DPoP",
            expires_in=lifetime,
            scope=" ".join(sorted(scopes)),
            refresh_token=refresh_token,
        )

    async def _signer(self, alg: str, *, audience: str, lifetime: int) -> jwt.Signer:
        key = await self.ring.signing_key(alg)
        signer_key = (key.kid, audience, lifetime)
        signer = self._signers.get(signer_key)
        if signer is None:
            if len(self._signers) >= MAX_SIGNERS:
                self._signers.clear()
            signer = jwt.Signer(
                key,
                issuer=self.issuer,
                audience=audience,
                lifetime=timedelta(seconds=lifetime),
                typ=ACCESS_TOKEN_TYPE,
            )
            self._signers[signer_key] = signer
        return signer
