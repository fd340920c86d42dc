"""Sent by its owner? Proofs that whoever sends a token holds the key or the certificate that it is bound to."""

from tokensmith.guard.sender.binding import Binding
from tokensmith.guard.sender.certificates import ClientCertificates
from tokensmith.guard.sender.confirmation import SenderCheck
from tokensmith.guard.sender.constraint import SenderConstraint
from tokensmith.guard.sender.dpop import DPOP_ALGORITHMS, DpopProof, DpopVerifier
from tokensmith.guard.sender.nonces import Nonces
from tokensmith.guard.sender.possession import PossessionCheck
from tokensmith.guard.sender.replay import Claimed, ProofMemory, SeenProofs, remembered_from

__all__ = [
    "DPOP_ALGORITHMS",
    "Binding",
    "Claimed",
    "ClientCertificates",
    "DpopProof",
    "DpopVerifier",
    "Nonces",
    "PossessionCheck",
    "ProofMemory",
    "SeenProofs",
    "SenderCheck",
    "SenderConstraint",
    "remembered_from",
]
