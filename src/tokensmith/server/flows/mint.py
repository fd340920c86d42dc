"""Signs access tokens and ID tokens; the only signer of tokens for people and clients (RFC 9068, Core §2)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tokensmith.jose import Key, jwt
from tokensmith.jose.jwt.profiles import LOGOUT_EVENT
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.grants import GrantedAudience, Standing
from tokensmith.server.domain.identity import OPENID
from tokensmith.server.domain.possession import token_type
from tokensmith.server.domain.scopes import effective_details, identity_scopes
from tokensmith.server.domain.status_lists import StatusPlace
from tokensmith.server.domain.token_claims import access_token_claims, id_token_claims
from tokensmith.server.flows.key_ring import KeyRing
from tokensmith.server.flows.opaque_tokens import OpaqueTokens
from tokensmith.server.flows.signing_rounds import SigningRounds
from tokensmith.server.flows.tokens import TokenAnswer

_logger: Final = logging.getLogger("tokensmith.server.tokens")
# Many servers take 8 KB of headers in all, and the token is not the only one.
LARGE_TOKEN_CHARACTERS: Final = 4096
ACCESS_TOKEN_TYPE: Final = "at+jwt"
MAX_SIGNERS: Final = 256

# A client reads it once, on arrival; the clock of a server that is five minutes off is the worst it has to stand.
ID_TOKEN_SECONDS: Final = 600
LOGOUT_TOKEN_SECONDS: Final = 120

_SignerKey = tuple[str | None, str, int, str]


@dataclass(frozen=True, slots=True)
class Mint:
    """Makes token answers. Signers are kept, bounded: one per key, audience, lifetime and type."""

    issuer: str
    ring: KeyRing
    opaque: OpaqueTokens
    _signers: dict[_SignerKey, jwt.Signer] = field(default_factory=dict, repr=False)
    _warned: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _rounds: SigningRounds = field(default_factory=SigningRounds, repr=False)

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
        other process agrees with. With *key_thumbprint* the access token is bound to what that names.

        Raises:
            UnavailableError: no key to sign with, or the database or the key's provider cannot be reached.
        """
        lifetime = standing.client.lifetimes.access
        details = effective_details(standing, audience)
        claims = access_token_claims(
            standing,
            scopes=scopes,
            place=place,
            issuer=self.issuer,
            key_thumbprint=key_thumbprint,
            details=details,
        )
        token = await self.access_token(
            standing.client,
            claims,
            audience=audience.resource.audience,
            issued_at=to_seconds(standing.now_ms),
            lifetime=lifetime,
        )
        return TokenAnswer(
            access_token=token,
            token_type=token_type(claims),
            expires_in=lifetime,
            scope=" ".join(sorted(scopes)),
            refresh_token=refresh_token,
            details=details,
        )

    async def access_token(
        self, client: Client, claims: Mapping[str, JsonValue], *, audience: str, issued_at: int, lifetime: int
    ) -> str:
        """Sign an access token for a client, less what the signer fills in (iss, aud, jti).

        Args:
            issued_at: Seconds since 1970, by the database's clock.
            lifetime: In seconds.

        Raises:
            UnavailableError: no key to sign with, or the database or the key's provider cannot be reached.
        """
        key = await self.ring.signing_key(client.signing_alg)
        # One signer for a client's usual lifetime; the times are written out, as they are not this machine's.
        signer = self._signer(key, audience=audience, lifetime=client.lifetimes.access, typ=ACCESS_TOKEN_TYPE)
        dated = {**claims, "iat": issued_at, "exp": issued_at + lifetime}
        if key.is_private:
            token = await self._rounds.sign(signer, dated)
        else:
            token = await self.ring.sign(key, lambda: signer.sign(dated))
        if len(token) > LARGE_TOKEN_CHARACTERS:
            self._warn_of_size(client, audience, size=len(token))
        return await self.opaque.wrap(token) if client.registration.opaque else token

    def _warn_of_size(self, client: Client, audience: str, *, size: int) -> None:
        # Once in each process: the next thousand would say the same.
        if (client.id, audience) not in self._warned and len(self._warned) < MAX_SIGNERS:
            self._warned.add((client.id, audience))
            _logger.warning("access tokens of client %.100r for %.300r have %d bytes", client.id, audience, size)

    async def with_id_token(self, answer: TokenAnswer, standing: Standing, *, nonce: str | None) -> TokenAnswer:
        """Add an ID token to an answer, where the grant is one for OpenID Connect.

        Raises:
            UnavailableError: no key to sign with, or the database or the key's provider cannot be reached.
        """
        scopes = identity_scopes(standing)
        if OPENID not in scopes:
            return answer
        client = standing.client
        key = await self.ring.signing_key(client.registration.id_token_alg)
        signer = self._signer(key, audience=client.id, lifetime=ID_TOKEN_SECONDS, typ="JWT")
        issued_at = to_seconds(standing.now_ms)
        claims = id_token_claims(standing, nonce=nonce, scopes=scopes)
        times: dict[str, JsonValue] = {"iat": issued_at, "exp": issued_at + ID_TOKEN_SECONDS}
        hashed = jwt.half_hash(answer.access_token, key=key)
        token = await self.ring.sign(key, lambda: signer.sign({**claims, **times, "at_hash": hashed}))
        return replace(answer, id_token=token)

    async def logout_token(self, client: Client, *, subject: str, session_id: str, now_ms: int) -> str:
        """Sign what tells a client that a person signed out (Back-Channel Logout §2.4): two minutes, and no nonce.

        Raises:
            UnavailableError: no key to sign with, or the database or the key's provider cannot be reached.
        """
        key = await self.ring.signing_key(client.registration.id_token_alg)
        signer = self._signer(key, audience=client.id, lifetime=LOGOUT_TOKEN_SECONDS, typ="logout+jwt")
        now = to_seconds(now_ms)
        events: dict[str, JsonValue] = {LOGOUT_EVENT: {}}
        times: dict[str, JsonValue] = {"iat": now, "exp": now + LOGOUT_TOKEN_SECONDS}
        claims: dict[str, JsonValue] = {"sub": subject, "sid": session_id, "events": events, **times}
        return await self.ring.sign(key, lambda: signer.sign(claims))

    def _signer(self, key: Key, *, audience: str, lifetime: int, typ: str) -> jwt.Signer:
        signer_key = (key.kid, audience, lifetime, typ)
        signer = self._signers.get(signer_key)
        if signer is None:
            if len(self._signers) >= MAX_SIGNERS:
                self._signers.clear()
            signer = jwt.Signer(
                key, issuer=self.issuer, audience=audience, lifetime=timedelta(seconds=lifetime), typ=typ
            )
            self._signers[signer_key] = signer
        return signer
