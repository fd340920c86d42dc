"""From "cnf" to the proof that is due, and the proof itself (RFC 7800 §3.1, RFC 9449 §6.1, §7.1 and §7.2).

A token that names a key is worth nothing without a proof of that key, and one that names none cannot be sent as if it
did: then whoever stole it would choose the weaker of the two ways.
"""

from collections.abc import Callable, Mapping
from typing import cast

from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import InvalidProofError, InvalidTokenError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.sender.dpop import DpopProof, DpopVerifier
from tokensmith.guard.sender.replay import SeenProofs
from tokensmith.guard.sender.target_uri import normal_form
from tokensmith.jose.jwt import Clock
from tokensmith.jose.strict_json import JsonValue


class PossessionCheck:
    """Whether the sender of a token holds the key that it is bound to.

    Args:
        public_url: Where clients reach the service; "htu" is compared with it and the request's path.
        clock: Says the time.

    Raises:
        ValueError: *public_url* is no http or https URL.
    """

    def __init__(self, *, public_url: str, clock: Clock) -> None:
        normal_form(public_url)
        self._public_url = public_url.rstrip("/")
        self._now: Callable[[], float] = clock.now
        self._verifier = DpopVerifier(clock=clock)
        self._seen = SeenProofs()
        # In whole seconds, as "iat" is: a proof made in the very second of the start is taken.
        self._started_at = int(clock.now())

    def check(self, presented: PresentedToken, facts: RequestFacts, *, thumbprint: str) -> None:
        """Check the proof that comes with a token bound to the key named *thumbprint*.

        Raises:
            InvalidProofError: The proof is missing, not good, or was used before ("dpop_proof_replayed").
            InvalidTokenError: It is a good proof of another key ("dpop_key_mismatch").
            UnavailableError: Whether it was used before cannot be told.
        """
        uri = self._public_url + facts.path
        proof = self._verifier.verify(facts.values(b"dpop"), method=facts.method, uri=uri, access_token=presented.token)
        # Check 12, second half.
        if proof.thumbprint != thumbprint:
            raise InvalidTokenError("The access token is bound to another key.", code="dpop_key_mismatch")
        self._check_first_use(proof)

    def _check_first_use(self, proof: DpopProof) -> None:
        # What was used before we started, we cannot know.
        if proof.issued_at < self._started_at:
            raise InvalidProofError("The DPoP proof is older than this service's memory.", code="dpop_proof_too_old")
        if not self._seen.is_first(proof.digest, until=proof.accepted_until, now=self._now()):
            raise InvalidProofError("The DPoP proof was used before.", code="dpop_proof_replayed")


def bound_thumbprint(claims: Mapping[str, JsonValue], presented: PresentedToken) -> str | None:
    """Return the thumbprint of the key that a token is bound to, if its sender shall prove it; None for a bearer token.

    Raises:
        InvalidTokenError: The token needs a proof that did not come with it, or one of a kind that is not offered here
            ("unproven_possession"); or it came with a proof that it has no use for ("token_not_bound").
    """
    if "cnf" not in claims:
        if presented.scheme == "DPoP":
            raise InvalidTokenError("The access token is bound to no key.", code="token_not_bound")
        return None
    confirmation = claims["cnf"]
    # Exactly one member: with two, both would have to be proven.
    only_jkt = isinstance(confirmation, Mapping) and [*confirmation] == ["jkt"] and isinstance(confirmation["jkt"], str)
    if presented.scheme != "DPoP" or not only_jkt:
        raise InvalidTokenError("The access token must come with a proof.", code="unproven_possession")
    return cast("str", cast("Mapping[str, JsonValue]", confirmation)["jkt"])
