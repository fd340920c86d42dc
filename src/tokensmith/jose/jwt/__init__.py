"""Tokens (RFC 7519): `Signer` makes them, `Verifier` checks them, `read_unverified` looks at them.

A profile such as `ID_TOKEN` tells a verifier which kind of token it is for. `NestedSigner` and `NestedVerifier` encrypt
signed tokens, too.
"""

from tokensmith.jose.jwt.claims import Claims
from tokensmith.jose.jwt.id_token import IdTokenVerifier, half_hash
from tokensmith.jose.jwt.nested import NestedSigner, NestedVerifier, VerifiedNestedJwt
from tokensmith.jose.jwt.numeric_date import Clock
from tokensmith.jose.jwt.profiles import (
    ACCESS_TOKEN,
    CLIENT_ASSERTION,
    DPOP_PROOF,
    ID_TOKEN,
    JWT_SVID,
    LOGOUT_TOKEN,
    SECURITY_EVENT,
    STATUS_LIST,
    Profile,
)
from tokensmith.jose.jwt.rules import ANY
from tokensmith.jose.jwt.signer import Signer, sign
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.jose.jwt.unverified import UnverifiedJwt, read_unverified
from tokensmith.jose.jwt.verifier import VerifiedJwt, Verifier
from tokensmith.jose.jwt.verify import verify

__all__ = [
    "ACCESS_TOKEN",
    "ANY",
    "CLIENT_ASSERTION",
    "DPOP_PROOF",
    "ID_TOKEN",
    "JWT_SVID",
    "LOGOUT_TOKEN",
    "SECURITY_EVENT",
    "STATUS_LIST",
    "Claims",
    "Clock",
    "IdTokenVerifier",
    "NestedSigner",
    "NestedVerifier",
    "Profile",
    "Signer",
    "StatusList",
    "UnverifiedJwt",
    "VerifiedJwt",
    "VerifiedNestedJwt",
    "Verifier",
    "half_hash",
    "read_unverified",
    "sign",
    "verify",
]
