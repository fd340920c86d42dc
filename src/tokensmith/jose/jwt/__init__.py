"""Tokens (RFC 7519): `Signer` makes them, `Verifier` checks them, `read_unverified` looks at them."""

from tokensmith.jose.jwt.claims import Claims
from tokensmith.jose.jwt.numeric_date import Clock
from tokensmith.jose.jwt.rules import ANY
from tokensmith.jose.jwt.signer import Signer, sign
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.jwt.unverified import UnverifiedJwt, read_unverified
from tokensmith.jose.jwt.verifier import VerifiedJwt, Verifier, verify

__all__ = [
    "ANY",
    "Claims",
    "Clock",
    "Signer",
    "StatusList",
    "UnverifiedJwt",
    "VerifiedJwt",
    "Verifier",
    "read_unverified",
    "sign",
    "verify",
]
