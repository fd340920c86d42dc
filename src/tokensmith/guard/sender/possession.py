"""The proof that comes with a token bound to a key (RFC 9449 §4.3, §7.1, §9)."""

import math
from collections.abc import Callable

from tokensmith.guard.credentials import PresentedToken
from tokensmith.guard.errors import InvalidProofError, InvalidTokenError, NonceNeededError, UnavailableError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.sender.dpop import DpopProof, DpopVerifier
from tokensmith.guard.sender.nonces import Nonces
from tokensmith.guard.sender.replay import ProofMemory
from tokensmith.guard.sender.target_uri import normal_form
from tokensmith.jose.jwt import Clock


class PossessionCheck:
    """Whether the sender of a token holds the key that it is bound to.

    Args:
        public_url: Where clients reach the service; "htu" is compared with it and the request's path.
        clock: Says the time.
        memory: Remembers used proofs.
        nonces: Which nonces proofs must have; None asks for none.

    Raises:
        ValueError: *public_url* is no http or https URL.
    """

    def __init__(self, *, public_url: str, clock: Clock, memory: ProofMemory, nonces: Nonces | None = None) -> None:
        normal_form(public_url)
        self._public_url = public_url.rstrip("/")
        self._now: Callable[[], float] = clock.now
        self._verifier = DpopVerifier(clock=clock)
        self._memory = memory
        self._nonces = nonces

    async def check(self, presented: PresentedToken, facts: RequestFacts, *, thumbprint: str) -> None:
        """Check the proof that comes with a token bound to the key named *thumbprint*.

        Raises:
            InvalidProofError: The proof is missing, not good, or was used before ("dpop_proof_replayed").
            NonceNeededError: It has no nonce of ours, or an old one.
            InvalidTokenError: It is a good proof of another key ("dpop_key_mismatch").
            UnavailableError: Whether it was used before cannot be told: the memory cannot be reached, is full, or is
                so new ("replay_memory_new") that a proof from before may still be dated later.
        """
        uri = self._public_url + facts.path
        proof = self._verifier.verify(facts.values(b"dpop"), method=facts.method, uri=uri, access_token=presented.token)
        # Check 12, second half.
        if proof.thumbprint != thumbprint:
            raise InvalidTokenError("The access token is bound to another key.", code="dpop_key_mismatch")
        # Check 10. Told only to the holder of the key: to anybody else a nonce is of no use.
        if self._nonces is not None and not self._nonces.is_good(proof.nonce):
            raise NonceNeededError(nonce=self._nonces.current())
        await self._check_first_use(proof)

    async def _check_first_use(self, proof: DpopProof) -> None:
        now = self._now()
        claimed = await self._memory.claim(proof.digest, until=proof.accepted_until, now=now)
        # What was used before the memory began, it cannot know.
        if proof.issued_at < claimed.since:
            if now < claimed.since:
                wait = math.ceil(claimed.since - now)
                raise UnavailableError(
                    "Used proofs are not remembered long enough yet.", code="replay_memory_new", retry_after=wait
                )
            raise InvalidProofError("The DPoP proof is older than this service's memory.", code="dpop_proof_too_old")
        if not claimed.is_first:
            raise InvalidProofError("The DPoP proof was used before.", code="dpop_proof_replayed")
