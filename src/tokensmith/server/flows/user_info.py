"""Whom is this access token about (Core §5.3)? It is asked with the token itself, which is for this server alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import InsufficientScopeError, InvalidProofError, InvalidTokenError, NonceNeededError
from tokensmith.guard.sender.binding import Binding, read_binding
from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.errors import InvalidDpopProofError, UseDpopNonceError
from tokensmith.server.domain.grants import Standing
from tokensmith.server.domain.identity import IDENTITY, OPENID
from tokensmith.server.domain.possession import confirmation, name_certificate, token_type
from tokensmith.server.domain.scopes import asked_scopes, identity_scopes
from tokensmith.server.domain.token_claims import person_claims, subject
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.own_access_tokens import OwnAccessToken, OwnAccessTokens
from tokensmith.server.flows.prove_possession import ProvePossession
from tokensmith.server.flows.sign_answers import SignAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """The flow. *issuer* is the audience of the tokens it takes.

    It looks every token up, which a guard never does: it stands beside the database, and what it hands out is personal.
    """

    store: Store
    issuer: str
    access_tokens: OwnAccessTokens
    possession: ProvePossession
    answers: SignAnswers

    async def run(
        self,
        presented: PresentedToken,
        *,
        proofs: Sequence[bytes],
        certificate: bytes | None,
        method: str,
        path: str,
    ) -> dict[str, JsonValue] | str:
        """Return the claims that a token opens, and whom they are about; signed, where its client registered that.

        Args:
            proofs: Every DPoP header of the request.
            certificate: That of the connection, in DER.
            path: The endpoint's path below the issuer.

        Raises:
            InvalidTokenError: not good here, not for here, revoked, or bound to what was not shown.
            InvalidProofError: the proof that came with it is not good.
            InsufficientScopeError: it was not made for OpenID Connect.
            UnavailableError: the database cannot be reached.
        """
        token = await self.access_tokens.read(presented.token)
        if token is None or token.audience != self.issuer:
            raise InvalidTokenError("The access token is not good here.", code="userinfo_token")
        binding = read_binding(token.claims)
        # RFC 9449 §7.1, §7.2: a token bound to a key is no bearer token, and a bearer token has no proof to go with.
        if presented.scheme != token_type(token.claims):
            raise InvalidTokenError("The access token came under the wrong scheme.", code="userinfo_scheme")
        if binding is not None and binding.method == "x5t#S256":
            _check_certificate(binding, certificate)
        elif binding is not None:
            await self._check_key(binding.thumbprint, presented, proofs, method, path)
        standing = await self.store.read(lambda uow: _running(uow, token))
        if standing is None or standing.user is None or standing.user.disabled:
            raise InvalidTokenError("The access token is not good any more.", code="userinfo_token_ended")
        scope = token.claims.get("scope")
        scopes = (asked_scopes(scope) if isinstance(scope, str) else None) or frozenset()
        if OPENID not in scopes:
            raise InsufficientScopeError("This takes the scope openid.", scopes=frozenset({OPENID}))
        told = scopes & identity_scopes(standing)
        claims = {"sub": subject(standing), **person_claims(standing, scopes=told)}
        alg = standing.client.registration.userinfo_alg
        return claims if alg is None else await self.answers.user_info(standing.client, claims, alg=alg)

    async def _check_key(
        self, bound: str, presented: PresentedToken, proofs: Sequence[bytes], method: str, path: str
    ) -> None:
        try:
            proven = await self.possession.run(proofs, path=path, method=method, access_token=presented.token)
        except UseDpopNonceError as error:
            raise NonceNeededError(nonce=error.nonce) from None
        except InvalidDpopProofError as error:
            raise InvalidProofError(str(error), code=error.code, detail=error.detail) from None
        if proven != bound:
            raise InvalidProofError("The proof is not of the token's key.", code="userinfo_other_key")


def _check_certificate(binding: Binding, certificate: bytes | None) -> None:
    # RFC 8705 §3.
    if certificate is None:
        raise InvalidTokenError("The access token must come with its certificate.", code="certificate_missing")
    if {binding.method: binding.thumbprint} != confirmation(name_certificate(certificate)):
        raise InvalidTokenError("The access token is bound to another certificate.", code="certificate_mismatch")


async def _running(uow: UnitOfWork, token: OwnAccessToken) -> Standing | None:
    grant_id = await uow.status_lists.holder(token.place)
    standing = await uow.grants.standing(grant_id) if grant_id else None
    if standing is None or all(audience.resource.id != IDENTITY for audience in standing.audiences):
        return None
    return standing
