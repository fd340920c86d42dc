"""Sent by its owner? Proofs that whoever sends a token holds the key that it is bound to."""

from tokensmith.guard.sender.confirmation import PossessionCheck, bound_thumbprint
from tokensmith.guard.sender.dpop import DPOP_ALGORITHMS, DpopProof, DpopVerifier
from tokensmith.guard.sender.replay import SeenProofs

__all__ = ["DPOP_ALGORITHMS", "DpopProof", "DpopVerifier", "PossessionCheck", "SeenProofs", "bound_thumbprint"]
