"""Proofs of possession that were used: each is good once (RFC 9449 §11.1). What is kept of one is its digest."""

from typing import Protocol


class UsedProofs(Protocol):
    """Where used proofs are remembered, for every process of the server."""

    async def claim(self, digest: bytes, *, until_ms: int) -> bool:
        """Remember a proof as used until *until_ms*; False where it is remembered already.

        Of any number of callers exactly one gets True.
        """

    async def sweep(self, *, limit: int) -> int:
        """Forget at most *limit* proofs that would be refused for their age anyway; returns how many."""
