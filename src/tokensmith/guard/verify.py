"""The whole verification of a request, top to bottom: cheap before dear, trust before I/O, permission last.

Each step either narrows down what is known or raises. Written once, as a coroutine over `Outside`; see `run_blocking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from tokensmith.guard.access_token import access_token_verifier, principal_from
from tokensmith.guard.credentials import PresentedToken, TokenSource, find_token
from tokensmith.guard.deny_list import Revoked, check_revoked
from tokensmith.guard.errors import GuardError, InvalidTokenError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.introspection import Introspector
from tokensmith.guard.issuer import Issuer
from tokensmith.guard.keys import KeySource, RemoteKeys
from tokensmith.guard.need import Need
from tokensmith.guard.principal import Principal
from tokensmith.guard.sender import SenderCheck
from tokensmith.guard.status import ListVerifier, StatusLists
from tokensmith.jose import JoseError, jwt
from tokensmith.jose.jwt import Clock, Verifier
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchRules
from tokensmith.outbound.outside import Outside

_MAX_KNOWN_HEADERS: Final = 64
# Of a signed JWT. An encrypted one has four, and says nothing to us.
_DOTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """One issuer, with everything prepared that checking its tokens takes."""

    issuer: Issuer
    keys: KeySource
    verifier: Verifier
    status_lists: StatusLists
    introspector: Introspector | None

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
        verifier = access_token_verifier(issuer, clock=clock)
        status_lists = StatusLists(
            keys=keys,
            verifier=ListVerifier(issuer=issuer.url, algorithms=issuer.algorithms, leeway=issuer.leeway, clock=clock),
            origin=issuer.origin,
            promised=issuer.status == "promised",
            poll_interval=issuer.poll_interval,
            max_stale=issuer.max_stale,
        )
        introspector = None
        if issuer.introspection is not None:
            introspector = Introspector(
                issuer.introspection,
                issuer=issuer.url,
                audience=issuer.audience,
                leeway=issuer.leeway,
                max_stale=issuer.max_stale,
                origin=issuer.origin,
            )
        return cls(issuer=issuer, keys=keys, verifier=verifier, status_lists=status_lists, introspector=introspector)


class TrustedIssuers:
    """The issuers of one guard.

    With a single one, the protected headers of its genuine tokens are remembered: they repeat, and then a token need
    not be read twice. Nothing is taken on trust for it; the key is looked up and the token verified as ever.

    Raises:
        ValueError: There is no issuer, or one twice; or two of them are to be asked about tokens.
    """

    def __init__(self, *issuers: Issuer, clock: Clock) -> None:
        self.by_url = MappingProxyType({issuer.url: Trust.prepare(issuer, clock=clock) for issuer in issuers})
        if not self.by_url or len(self.by_url) < len(issuers):
            raise ValueError("a guard trusts at least one issuer, and each once")
        introspectors = [trust.introspector for trust in self.by_url.values() if trust.introspector is not None]
        if len(introspectors) > 1:
            # Asking one would show it the other's tokens.
            raise ValueError("one issuer can be asked about tokens that say nothing themselves")
        self._introspector = introspectors[0] if introspectors else None
        self._known: dict[str, tuple[Trust, Mapping[str, JsonValue]]] = {}

    def introspector_of(self, token: str) -> Introspector | None:
        """Return who is to be asked about *token*; None for one that can be read, or where nobody is asked."""
        return None if token.count(".") == _DOTS else self._introspector

    def choose(self, token: str) -> tuple[Trust, Mapping[str, JsonValue]]:
        """Say whom *token* claims to be from, and return its header.

        Raises:
            InvalidTokenError: It is from nobody we trust, or by an algorithm that its issuer does not use.
            MalformedTokenError: It is no signed JWT.
        """
        known = self._known.get(token.partition(".")[0])
        if known is not None:
            return known
        peek = jwt.read_unverified(token)
        # RFC 8725 §3.8: compared exactly, and the keys that will be asked for are this issuer's and nobody else's.
        name = peek.unverified_claims.get("iss")
        trust = self.by_url.get(name) if isinstance(name, str) else None
        if trust is None:
            message = "The access token is from an unknown issuer."
            raise InvalidTokenError(message, code="unknown_issuer", detail=f"iss={name!r:.256}")
        alg = peek.unverified_header.get("alg")
        if alg not in trust.issuer.algorithms:
            raise InvalidTokenError(
                "The access token's algorithm is not accepted.", code="algorithm", detail=f"alg={alg!r:.64}"
            )
        return trust, peek.unverified_header

    def remember(self, token: str, trust: Trust, header: Mapping[str, JsonValue]) -> None:
        """Note the header of a token that was verified; a stranger's never gets here."""
        text = token.partition(".")[0]
        if len(self.by_url) == 1 and text not in self._known:
            if len(self._known) >= _MAX_KNOWN_HEADERS:
                self._known.clear()
            self._known[text] = trust, header


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRules:
    """What a service asks for beyond a good token of an issuer.

    Args:
        sender: Checks that a bound token is sent by whom it was given to.
        source: Where else to look for a token, where there is no Authorization header.
        revoked: The service's own word on who is not let in.
    """

    sender: SenderCheck = field(default_factory=SenderCheck)
    source: TokenSource | None = None
    revoked: Revoked | None = None


async def verify(
    facts: RequestFacts,
    need: Need,
    trusted: TrustedIssuers,
    outside: Outside,
    *,
    rules: ServiceRules,
) -> Principal:
    """Decide about one request.

    Raises:
        DeniedError: The request is at fault.
        UnavailableError: What is needed to decide could not be had.
    """
    presented = find_token(facts, takes_proofs=rules.sender.takes_proofs, source=rules.source)
    try:
        principal = await _verify_presented(presented, facts, trusted, outside, rules)
        need.check(principal, now=outside.now())
    except GuardError as error:
        error.scheme = presented.scheme
        raise
    return principal


async def _verify_presented(
    presented: PresentedToken,
    facts: RequestFacts,
    trusted: TrustedIssuers,
    outside: Outside,
    rules: ServiceRules,
) -> Principal:
    claims, trust, kid = await _read(presented.token, trusted, outside)
    binding = rules.sender.binding_of(claims, presented)
    principal = principal_from(claims, binding=binding)
    # The token first: only its owner may make us look at proofs, and only a token that still holds uses one up.
    if trust is not None:
        await trust.status_lists.check(claims, kid=kid, outside=outside)
    if rules.revoked is not None:
        await check_revoked(rules.revoked, principal)
    if binding is not None:
        await rules.sender.prove(binding, presented, facts)
    return principal


async def _read(
    token: str, trusted: TrustedIssuers, outside: Outside
) -> tuple[Mapping[str, JsonValue], Trust | None, str | None]:
    """Return what a token says, verified; whose status lists have a word on it, and the id of the key that signed it.

    Of a token that its issuer was asked about there is nothing more to be found out: the last two are None.
    """
    introspector = trusted.introspector_of(token)
    if introspector is not None:
        return await introspector.claims_of(token, outside), None, None
    try:
        trust, header = trusted.choose(token)
        key = await trust.keys.find(header, outside)
        verified = trust.verifier.verify(token, key=key)
        trusted.remember(token, trust, header)
    except JoseError as error:
        raise InvalidTokenError(str(error), code=error.code, detail=error.detail) from error
    return verified.claims, trust, key.kid
