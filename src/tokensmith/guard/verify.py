"""The whole verification of a request, top to bottom: cheap before dear, trust before I/O, permission last.

Each step either narrows down what is known or raises. Written once, as a coroutine over `Outside`; see `run_blocking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from tokensmith.guard.access_token import principal_from, required_claims
from tokensmith.guard.credentials import find_token
from tokensmith.guard.errors import InvalidTokenError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.keys import KeySource, RemoteKeys
from tokensmith.guard.need import Need
from tokensmith.guard.outside import Outside
from tokensmith.guard.principal import Principal
from tokensmith.guard.status import ListVerifier, StatusLists
from tokensmith.jose import JoseError, jwt
from tokensmith.jose.jwt import Clock, Verifier
from tokensmith.outbound import FetchRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """One issuer, with everything prepared that checking its tokens takes."""

    issuer: Issuer
    keys: KeySource
    verifier: Verifier
    status_lists: StatusLists

    @classmethod
    def prepare(cls, issuer: Issuer, *, clock: Clock) -> Self:
        """Make what verification needs, once per issuer and guard."""
        keys = issuer.keys or RemoteKeys(
            issuer.url,
            rules=FetchRules(trusted_origin=issuer.origin),
            rsa_alg=issuer.rsa_alg,
            okp_alg="EdDSA" if "EdDSA" in issuer.algorithms else None,
            jwks_uri=issuer.jwks_uri,
        )
        verifier = Verifier(
            None,
            issuer=issuer.url,
            audience=issuer.audience,
            typ=issuer.typ,
            leeway=issuer.leeway,
            required=required_claims(issuer.typ),
            clock=clock,
        )
        status_lists = StatusLists(
            keys=keys,
            verifier=ListVerifier(issuer=issuer.url, algorithms=issuer.algorithms, leeway=issuer.leeway, clock=clock),
            origin=issuer.origin,
            promised=issuer.status == "promised",
            poll_interval=issuer.poll_interval,
            max_stale=issuer.max_stale,
        )
        return cls(issuer=issuer, keys=keys, verifier=verifier, status_lists=status_lists)


def trust_all(*issuers: Issuer, clock: Clock) -> Mapping[str, Trust]:
    """Prepare every issuer, by its identifier.

    Raises:
        ValueError: There is none, or one twice.
    """
    trusted = {issuer.url: Trust.prepare(issuer, clock=clock) for issuer in issuers}
    if not trusted or len(trusted) < len(issuers):
        raise ValueError("a guard trusts at least one issuer, and each once")
    return MappingProxyType(trusted)


async def verify(facts: RequestFacts, need: Need, trusted: Mapping[str, Trust], outside: Outside) -> Principal:
    """Decide about one request.

    Raises:
        DeniedError: The request is at fault.
        UnavailableError: What is needed to decide could not be had.
    """
    token = find_token(facts)
    try:
        peek = jwt.read_unverified(token)
        trust = _choose(trusted, peek)
        key = await trust.keys.find(peek.unverified_header, outside)
        verified = trust.verifier.verify(token, key=key)
    except JoseError as error:
        raise InvalidTokenError(str(error), code=error.code, detail=error.detail) from error
    principal = principal_from(verified)
    await trust.status_lists.check(verified.claims, kid=key.kid, outside=outside)
    need.check(principal)
    return principal


def _choose(trusted: Mapping[str, Trust], peek: jwt.UnverifiedJwt) -> Trust:
    """Choose whom the token claims to be from, by exact comparison, and what that issuer may sign with."""
    name = peek.unverified_claims.get("iss")
    # RFC 8725 §3.8: the keys that will be asked for are this issuer's and nobody else's.
    trust = trusted.get(name) if isinstance(name, str) else None
    if trust is None:
        raise InvalidTokenError(
            "The access token is from an unknown issuer.", code="unknown_issuer", detail=f"{name!r:.256}"
        )
    alg = peek.unverified_header.get("alg")
    if alg not in trust.issuer.algorithms:
        raise InvalidTokenError(
            "The access token's algorithm is not accepted.", code="algorithm", detail=f"{alg!r:.64}"
        )
    return trust
