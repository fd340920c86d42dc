"""Who asks for tokens holds a key, and the tokens shall be bound to it (RFC 9449 §5).

A proof is used up before anything else is done for the request: one proof, one attempt, in all processes together.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tokensmith.guard import InvalidProofError
from tokensmith.guard.sender import DpopProof, DpopVerifier
from tokensmith.guard.sender.nonces import Nonces
from tokensmith.server.domain.clock import MILLISECONDS
from tokensmith.server.domain.errors import InvalidDpopProofError, UseDpopNonceError
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvePossession:
    """The flow. *issuer* is where clients reach the server; what a proof names is compared with it.

    *alias* is where they reach the same endpoints with a certificate (RFC 8705 §5), "" for nowhere. Through which of
    the two a request came, only its Host header could tell, which is the client's to write: a proof may name either.

    With *nonces*, every proof has to carry a recent one, so that none was made in advance (RFC 9449 §8, §11.2).
    """

    store: Store
    issuer: str
    verifier: DpopVerifier
    alias: str = ""
    nonces: Nonces | None = None

    async def run(
        self,
        proofs: Sequence[bytes],
        *,
        path: str,
        method: str = "POST",
        access_token: str | None = None,
        algorithms: Collection[str] = (),
    ) -> str | None:
        """Return the thumbprint of the key that the sender of a request proved to hold; None without a proof.

        Args:
            proofs: Every DPoP header of the request.
            path: The endpoint's path below the issuer.
            method: The request's method.
            access_token: The token that the request comes with; None where one is asked for.
            algorithms: The only ones, where its client has said so.

        Raises:
            UseDpopNonceError: it is, but for its nonce.
            InvalidDpopProofError: the proof is not good, not for this endpoint, or was used before.
            UnavailableError: the database cannot be reached.
        """
        if not proofs:
            return None
        try:
            proof = self._verified(proofs, path=path, method=method, access_token=access_token)
        except InvalidProofError as error:
            raise InvalidDpopProofError(str(error), code=error.code, detail=error.detail) from None
        if algorithms and proof.alg not in algorithms:
            raise InvalidDpopProofError("The algorithm is not this client's.", code="dpop_proof_algorithm")
        if self.nonces is not None and not self.nonces.is_good(proof.nonce):
            raise UseDpopNonceError(nonce=self.nonces.current())
        await self._use_up(proof)
        return proof.thumbprint

    def _verified(self, proofs: Sequence[bytes], *, path: str, method: str, access_token: str | None) -> DpopProof:
        try:
            return self.verifier.verify(proofs, method=method, uri=self.issuer + path, access_token=access_token)
        except InvalidProofError as error:
            if not self.alias or error.code != "dpop_proof_uri":
                raise
            return self.verifier.verify(proofs, method=method, uri=self.alias + path, access_token=access_token)

    async def _use_up(self, proof: DpopProof) -> None:
        until_ms = int(proof.accepted_until * MILLISECONDS)

        async def unit(uow: UnitOfWork) -> tuple[bool, int]:
            return await uow.used_proofs.claim(proof.digest, until_ms=until_ms), await uow.now_ms()

        is_first, now_ms = await self.store.write(unit)
        # The database's clock decides how long a proof is remembered, so it also says whether it may still be one:
        # a process whose own clock is slow would take proofs that have been forgotten.
        if until_ms <= now_ms:
            raise InvalidDpopProofError("The DPoP proof is too old.", code="dpop_proof_too_old")
        if not is_first:
            raise InvalidDpopProofError("The DPoP proof was used before.", code="dpop_proof_replayed")
