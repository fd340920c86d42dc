"""Is whoever sends a token the one it was given to (RFC 9449 §7.1 and §7.2, RFC 8705 §3)?

A token that is bound is worth nothing without its proof, and one that is not cannot be sent as if it were: then whoever
stole it would choose the weaker of the two ways.
"""

from collections.abc import Mapping
from typing import Self

from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import InvalidTokenError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.sender.binding import Binding, read_binding, unproven
from tokensmith.guard.sender.certificates import ClientCertificates
from tokensmith.guard.sender.constraint import SenderConstraint
from tokensmith.guard.sender.nonces import Nonces
from tokensmith.guard.sender.possession import PossessionCheck
from tokensmith.guard.sender.replay import SeenProofs
from tokensmith.jose.jwt import Clock
from tokensmith.jose.strict_json import JsonValue


class SenderCheck:
    """What is asked of the senders of tokens.

    Args:
        possession: Checks proofs of keys; without it, tokens bound to a key are refused.
        certificates: Finds certificates; without it, tokens bound to one are refused.
        requires_binding: Whether bearer tokens are refused.
    """

    def __init__(
        self,
        *,
        possession: PossessionCheck | None = None,
        certificates: ClientCertificates | None = None,
        requires_binding: bool = False,
    ) -> None:
        self._possession = possession
        self._certificates = certificates
        self._requires_binding = requires_binding

    @classmethod
    def prepare(cls, constraint: SenderConstraint, *, public_url: str | None, clock: Clock) -> Self:
        """Make what a service asks for.

        Raises:
            ValueError: *public_url* is none, or is needed and not there.
        """
        requires = constraint.policy == "require"
        if public_url is None:
            if constraint.nonce_secret is not None or constraint.memory is not None:
                raise ValueError("proofs are compared with public_url=")
            if requires and constraint.certificates is None:
                raise ValueError("tokens are bound by DPoP, which needs public_url=, or by certificates=")
            return cls(certificates=constraint.certificates, requires_binding=requires)
        possession = PossessionCheck(
            public_url=public_url,
            clock=clock,
            memory=constraint.memory or SeenProofs(since=clock.now()),
            nonces=None if constraint.nonce_secret is None else Nonces(constraint.nonce_secret, clock=clock),
        )
        return cls(possession=possession, certificates=constraint.certificates, requires_binding=requires)

    @property
    def takes_proofs(self) -> bool:
        """Whether DPoP is offered."""
        return self._possession is not None

    @property
    def takes_certificates(self) -> bool:
        """Whether mutual TLS is offered."""
        return self._certificates is not None

    @property
    def requires_proofs(self) -> bool:
        """Whether there is no other way than DPoP."""
        return self._requires_binding and self._certificates is None

    def binding_of(self, claims: Mapping[str, JsonValue], presented: PresentedToken) -> Binding | None:
        """Return what the sender of a token has to prove; None for a bearer token that is taken.

        Raises:
            InvalidTokenError: The token needs a proof that did not come with it, or one of a kind that is not offered
                here ("unproven_possession"); it came with a proof that it has no use for ("token_not_bound"); or it is
                bound to nothing, and this service takes no such tokens ("bearer_token").
        """
        binding = read_binding(claims)
        if binding is None:
            if presented.scheme == "DPoP":
                raise InvalidTokenError("The access token is bound to no key.", code="token_not_bound")
            if self._requires_binding:
                raise InvalidTokenError("The access token is bound to no sender.", code="bearer_token")
        elif presented.scheme != ("DPoP" if binding.method == "jkt" else "Bearer"):
            raise unproven()
        return binding

    async def prove(self, binding: Binding, presented: PresentedToken, facts: RequestFacts) -> None:
        """Check what came with a bound token.

        Raises:
            DeniedError: The proof is missing or not good, or what is proven is not what the token names.
            UnavailableError: Whether a proof was used before cannot be told.
        """
        if binding.method == "jkt" and self._possession is not None:
            await self._possession.check(presented, facts, thumbprint=binding.thumbprint)
        elif binding.method == "x5t#S256" and self._certificates is not None:
            self._certificates.check(facts, thumbprint=binding.thumbprint)
        else:
            raise unproven()
