"""PyJWT's names and arguments over `tokensmith.jose`: `import tokensmith.compat.pyjwt as jwt`.

What a program asks of PyJWT 2.15 in a safe way it gets here; where this is stricter, docs/from-pyjwt.md says so line by
line. It is a door to come in by: `tokensmith.jose` itself asks for less and checks more.
"""

from tokensmith.compat.pyjwt import algorithms, exceptions
from tokensmith.compat.pyjwt.algorithms import get_algorithm_by_name
from tokensmith.compat.pyjwt.client import PyJWKClient
from tokensmith.compat.pyjwt.decode import decode, decode_complete, get_unverified_header
from tokensmith.compat.pyjwt.encode import encode
from tokensmith.compat.pyjwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InsecureKeyLengthWarning,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
    MissingRequiredClaimError,
    PyJWKClientConnectionError,
    PyJWKClientError,
    PyJWKError,
    PyJWKSetError,
    PyJWTError,
)
from tokensmith.compat.pyjwt.jwk import PyJWK, PyJWKSet

__all__ = [
    "DecodeError",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InsecureKeyLengthWarning",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidIssuedAtError",
    "InvalidIssuerError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "MissingRequiredClaimError",
    "PyJWK",
    "PyJWKClient",
    "PyJWKClientConnectionError",
    "PyJWKClientError",
    "PyJWKError",
    "PyJWKSet",
    "PyJWKSetError",
    "PyJWTError",
    "algorithms",
    "decode",
    "decode_complete",
    "encode",
    "exceptions",
    "get_algorithm_by_name",
    "get_unverified_header",
]
