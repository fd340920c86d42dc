"""Algorithms: facts about them, and the primitive calls (RFC 7518). `tables` is the only list."""

from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS, signature

__all__ = ["SIGNATURE_ALGORITHMS", "SignatureAlgorithm", "signature"]
